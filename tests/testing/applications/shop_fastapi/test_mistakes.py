from fastapi.testclient import TestClient
from main import app

from trackplan.testing import Tracked


def test_an_export_of_everything_is_tracked(tracked: Tracked) -> None:
    client = TestClient(app)
    client.post("/exports?user=user-1")
    tracked.assert_called("Data Export Complete", "user-1", format="json")


def test_reports_are_exported_as_spreadsheets(tracked: Tracked) -> None:
    client = TestClient(app)
    client.post("/reports/monthly?user=user-1")
    client.post("/reports/weekly?user=user-1")
    tracked.assert_not_called("Report Exported", format="csv")
