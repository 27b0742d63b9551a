from django.http import HttpRequest, HttpResponse

from generated import identify_user, track_signed_up, track_subscription_upgraded


def sign_up(request: HttpRequest) -> HttpResponse:
    user_id = request.POST["user"]
    identify_user(user_id, email=request.POST["email"], plan="free")
    track_signed_up(user_id, method="password", invited="invite" in request.POST)
    return HttpResponse(status=201)


def move_plan(request: HttpRequest, user_id: str) -> HttpResponse:
    track_subscription_upgraded(
        user_id, from_plan="free", to_plan=request.POST["plan"], revenue=99.0
    )
    return HttpResponse(status=204)
