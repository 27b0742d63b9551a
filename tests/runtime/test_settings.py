from __future__ import annotations

import pytest

from trackplan.runtime.errors import ConfigurationError
from trackplan.runtime.settings import Settings, load, under_pytest

CODE = "wc-0123456789abcd"


def test_without_anything_said_the_documented_defaults_hold() -> None:
    assert load({}, {}) == (Settings(), [])


@pytest.mark.parametrize(
    ("variable", "text", "setting", "value"),
    [
        ("USERLENS_WRITE_CODE", f"  {CODE}\n", "write_code", CODE),
        (
            "USERLENS_EVENTS_URL",
            "http://127.0.0.1:8080/",
            "events_url",
            "http://127.0.0.1:8080",
        ),
        (
            "USERLENS_RAW_URL",
            "https://raw.example.com/x",
            "raw_url",
            "https://raw.example.com/x",
        ),
        ("TRACKPLAN_ON_VIOLATION", "send", "on_violation", "send"),
        ("TRACKPLAN_DELIVER", "off", "deliver", False),
        ("TRACKPLAN_QUEUE_SIZE", "7", "queue_size", 7),
        ("TRACKPLAN_SHUTDOWN_TIMEOUT", "0", "shutdown_timeout", 0.0),
        ("TRACKPLAN_TIMEOUT", "2.5", "timeout", 2.5),
        ("TRACKPLAN_BLOCK_TIMEOUT", "1e10", "block_timeout", 1e7),
        ("TRACKPLAN_MAX_ATTEMPTS", "3", "max_attempts", 3),
        ("TRACKPLAN_SEND_TIMESTAMP", "false", "send_timestamp", False),
    ],
)
def test_each_setting_has_an_environment_variable(
    variable: str, text: str, setting: str, value: object
) -> None:
    settings, complaints = load({}, {variable: text})
    assert (getattr(settings, setting), complaints) == (value, [])


def test_an_override_wins_over_the_environment() -> None:
    settings, _ = load({"queue_size": 5}, {"TRACKPLAN_QUEUE_SIZE": "7"})
    assert settings.queue_size == 5


def test_an_empty_variable_counts_as_not_set() -> None:
    assert load({}, {"TRACKPLAN_TIMEOUT": "", "USERLENS_WRITE_CODE": " "}) == (
        Settings(),
        [],
    )


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("write_code", ""),
        ("write_code", "two\nlines"),
        ("write_code", "null"),
        ("write_code", " undefined "),
        ("write_code", 42),
        ("write_code", "lone \ud800 surrogate"),
        ("events_url", "events.userlens.io"),
        ("events_url", "ftp://events.userlens.io"),
        ("events_url", "https://user:secret@events.userlens.io"),
        ("events_url", "https://events.userlens.io?x=1"),
        ("raw_url", "https://"),
        ("raw_url", "https://host:99999"),
        ("on_violation", "explode"),
        ("deliver", 1),
        ("spool", "a\0b"),
        ("spool", "\ud800"),
        ("queue_size", 0),
        ("queue_size", True),
        ("shutdown_timeout", -1),
        ("timeout", 0),
        ("timeout", float("nan")),
        ("timeout", 10**400),
        ("max_attempts", 2.5),
        ("send_timestamp", "perhaps"),
    ],
)
def test_a_wrong_override_is_refused_by_its_name(setting: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=f"^`{setting}` must be "):
        load({setting: value}, {})


def test_a_path_may_begin_with_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    assert load({"spool": "~/spool"}, {})[0].spool == "/home/someone/spool"


def test_an_unknown_override_is_refused_with_the_list_of_settings() -> None:
    with pytest.raises(
        ConfigurationError, match="`write_cod`; the settings are write_code, "
    ):
        load({"write_cod": CODE}, {})


def test_a_wrong_variable_is_complained_of_and_the_default_used() -> None:
    settings, complaints = load({}, {"TRACKPLAN_QUEUE_SIZE": "many"})
    assert settings.queue_size == 100_000
    assert complaints == [
        "TRACKPLAN_QUEUE_SIZE must be a whole number, 1 or more; "
        "`100000` is used instead"
    ]


@pytest.mark.parametrize("name", ["USERLENS_EVENTS_URL", "USERLENS_RAW_URL"])
@pytest.mark.parametrize("asked", [{}, {"deliver": True}])
def test_nothing_is_sent_where_a_variable_leads_nowhere(
    name: str, asked: dict[str, object]
) -> None:
    settings, complaints = load(asked, {name: "localhost:8721"})
    assert not settings.deliver
    assert complaints == [
        f"{name} must be a base URL such as `https://events.userlens.io`, without user "
        "or query; nothing is sent"
    ]


def test_a_malformed_write_code_of_the_environment_counts_as_missing() -> None:
    settings, complaints = load({}, {"USERLENS_WRITE_CODE": "null"})
    assert settings.write_code is None
    assert complaints[0].startswith("USERLENS_WRITE_CODE must be the Write Code")


def test_no_complaint_repeats_the_value() -> None:
    _, complaints = load(
        {}, {"USERLENS_WRITE_CODE": f"{CODE}\n{CODE}", "TRACKPLAN_TIMEOUT": CODE}
    )
    assert len(complaints) == 2
    assert CODE not in str(complaints)


def test_the_repr_shows_the_last_four_characters_of_the_write_code() -> None:
    shown = repr(Settings(write_code=CODE))
    assert "write_code='…abcd'" in shown
    assert CODE[:-4] not in shown


def test_the_repr_shows_nothing_of_a_short_write_code() -> None:
    assert "write_code='…'" in repr(Settings(write_code="1234567"))


@pytest.mark.parametrize("variable", ["PYTEST_VERSION", "PYTEST_CURRENT_TEST"])
def test_under_pytest_violations_raise(variable: str) -> None:
    assert load({}, {variable: "x"})[0].on_violation == "raise"


def test_a_stand_in_on_this_machine_takes_forwarded_events_too() -> None:
    here = "http://127.0.0.1:8721"
    settings, _ = load({}, {"USERLENS_EVENTS_URL": here})
    assert settings.raw_url == here


def test_under_pytest_forwarded_events_do_not_leave_the_machine_either() -> None:
    urls = {"events_url": "http://127.0.0.1:1", "raw_url": "https://raw.userlens.io"}
    settings, _ = load(urls, {"PYTEST_VERSION": "9"})
    assert not settings.deliver


def test_under_pytest_nothing_is_delivered() -> None:
    assert not load({}, {"PYTEST_VERSION": "9"})[0].deliver


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://127.0.0.9", "http://[::1]:8080/base"]
)
def test_under_pytest_a_loopback_url_asks_for_delivery(url: str) -> None:
    assert load({"events_url": url}, {"PYTEST_VERSION": "9"})[0].deliver


def test_under_pytest_a_host_that_begins_like_loopback_does_not_ask() -> None:
    url = "http://127.0.0.1.example.com"
    assert not load({"events_url": url}, {"PYTEST_VERSION": "9"})[0].deliver


def test_under_pytest_an_injected_transport_asks_for_delivery() -> None:
    assert load({}, {"PYTEST_VERSION": "9"}, injected=True)[0].deliver


def test_this_very_process_is_under_pytest() -> None:
    assert under_pytest()
