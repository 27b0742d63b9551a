from fastapi.testclient import TestClient
from hypothesis import given
from main import app

from generated import track_data_export_completed, track_report_exported
from trackplan.testing import Tracked, capture, examples, strategies

client = TestClient(app)


def test_a_report_is_tracked(tracked: Tracked) -> None:
    client.post("/reports/monthly?user=user-1")
    tracked.assert_called("Report Exported", "user-1", report_id="monthly")


def test_what_runs_in_other_threads_is_tracked_too(tracked: Tracked) -> None:
    client.post("/exports?user=user-1")
    tracked.assert_order(track_report_exported, track_data_export_completed)


def test_the_examples_of_the_plan_can_be_exported(tracked: Tracked) -> None:
    for example in examples(track_report_exported):
        client.post(f"/reports/{example['report_id']}?user=user-1")
        tracked.assert_called(track_report_exported, report_id=example["report_id"])


@given(strategies.calls(track_data_export_completed))
def test_any_export_can_be_completed(arguments: dict[str, object]) -> None:
    with capture() as tracked:
        track_data_export_completed("user-1", **arguments)
    tracked.assert_called(track_data_export_completed, "user-1", **arguments)
