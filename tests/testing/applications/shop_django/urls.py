from django.urls import path
from views import move_plan, sign_up

urlpatterns = [
    path("signup", sign_up),
    path("workspaces/<user_id>/plan", move_plan),
]
