from fastapi import BackgroundTasks, FastAPI

from generated import track_data_export_completed, track_report_exported

app = FastAPI()


@app.post("/reports/{report_id}", status_code=204)
async def export(report_id: str, user: str) -> None:
    track_report_exported(user, report_id=report_id, format="csv")


@app.post("/exports", status_code=202)
def export_all(user: str, tasks: BackgroundTasks) -> None:
    """Runs in a thread, and its task in another."""
    track_report_exported(user, report_id="all", format="json")
    tasks.add_task(track_data_export_completed, user, format="json", record_count=18250)
