"""`trackplan verify`: what it sends, says and exits with, by what meets it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
import trustme

from tests.runtime.conftest import Server
from trackplan.runtime.delivery.attempt import Attempt
from trackplan.runtime.delivery.transport import Answer, MemoryTransport, Request
from trackplan.runtime.settings import Settings
from trackplan.verify import Result, Route, explain, report, send

CODE = "wc-0123456789"


@pytest.fixture
def verify(run):
    """Run `trackplan verify` with a Write Code."""

    def verify(url: str, *arguments: str, **variables: str):
        done = run(
            "verify",
            *arguments,
            **{"USERLENS_WRITE_CODE": CODE, "USERLENS_EVENTS_URL": url, **variables},
        )
        assert CODE not in done.stdout + done.stderr
        assert done.stderr == ""
        return done

    return verify


@pytest.fixture
def closed_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{listener.getsockname()[1]}"


def test_one_call_of_each_kind_is_sent_for_a_test_user(server: Server, verify) -> None:
    verify(server.url)
    bodies = [received.body for received in server.requests]
    assert [body["type"] for body in bodies] == ["identify", "group", "track"]
    assert {body["userId"] for body in bodies} == {"trackplan-verify"}
    assert bodies[1]["groupId"] == "trackplan-verify-group"
    assert bodies[2]["event"] == "Integration Verified"


def test_what_is_accepted_is_to_be_seen_in_userlens(server: Server, verify) -> None:
    done = verify(server.url)
    assert done.returncode == 0
    for kind in ("identify", "group", "track"):
        assert f"{kind:8}  200 accepted\n" in done.stdout
    assert "look for the user `trackplan-verify`" in done.stdout


def test_the_test_user_can_be_named(server: Server, verify) -> None:
    assert "the user `jane`" in verify(server.url, "--user", "jane").stdout
    assert server.requests[2].body["userId"] == "jane"


def test_no_more_of_the_write_code_is_shown_than_its_end(
    server: Server, verify
) -> None:
    assert "the Write Code …6789" in verify(server.url).stdout


@pytest.mark.parametrize(
    ("status", "fact"),
    [
        (400, "Userlens refuses the event itself."),
        (401, "Userlens does not know the Write Code …6789."),
        (503, "Userlens has a failure of its own."),
    ],
)
def test_a_refusal_is_explained_with_its_cure(
    server: Server, verify, status: int, fact: str
) -> None:
    server.reply(status)
    done = verify(server.url)
    assert done.returncode == 1
    assert f"identify  {status} refused\n  {fact}\n  = help: " in done.stdout
    assert "2 of 3 accepted." in done.stdout


ROUTE = Route("https://events.userlens.io", "…6789", None, 10.0)


@pytest.mark.parametrize(
    ("status", "cure"),
    [
        (302, "to the final address"),
        (403, "check that the Write Code …6789 is active"),
        (404, "without `/event`"),
        (413, "what stands in between"),
        (418, "check that USERLENS_EVENTS_URL, now https://events.userlens.io,"),
        (422, "upgrade trackplan"),
        (429, "wait a minute"),
        (502, "run this again later"),
    ],
)
def test_every_status_has_its_cure(status: int, cure: str) -> None:
    result = Result("identify", Attempt(1, status))
    assert cure in list(report(result, ROUTE, told=()))[-1]


def test_a_refusal_is_explained_once_and_nothing_is_tried_again(
    server: Server, verify
) -> None:
    for _ in range(3):
        server.reply(503)
    assert verify(server.url).stdout.count("= help:") == 1
    assert len(server.requests) == 3


def test_too_many_events_are_told_when_to_come_back(server: Server, verify) -> None:
    server.reply(429, Retry_After="7")
    assert "wait 7 seconds;" in verify(server.url).stdout


def test_a_host_name_that_is_not_known(verify) -> None:
    done = verify("http://nowhere.invalid")
    assert done.returncode == 1
    assert "The host name of nowhere.invalid is not known." in done.stdout
    assert "group " not in done.stdout


def test_a_port_where_nothing_listens(verify, closed_port: str) -> None:
    done = verify(f"http://{closed_port}")
    assert done.returncode == 1
    assert f"Nothing listens at {closed_port}" in done.stdout


def test_a_server_that_hangs_up(server: Server, verify) -> None:
    server.reply(drop=True)
    assert "ended before an answer came." in verify(server.url).stdout


def test_a_server_that_hangs_costs_no_more_than_the_time_out(verify) -> None:
    started = monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        done = verify(url, "--timeout", "0.2")
    assert done.returncode == 1
    assert "Userlens did not answer within 0.2 seconds." in done.stdout
    assert monotonic() - started < 10


def test_a_search_for_a_host_name_is_left_behind() -> None:
    ended = Event()

    def search(_request: Request) -> Answer:
        ended.wait(30)
        return Answer(200)

    settings = Settings(write_code=CODE, timeout=0.01)
    (result,) = send(settings, MemoryTransport(search), "jane")
    ended.set()
    assert "could not be looked up" in explain(result).fact


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    """Signs the certificate of `tls`; its own is in `ca.pem`."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return authority


@pytest.fixture
def tls(authority: trustme.CA) -> Iterator[str]:
    """The URL of a server with a certificate that nobody trusts."""
    server = Server()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server._http.socket = context.wrap_socket(server._http.socket, server_side=True)
    yield server.url.replace("http://127.0.0.1", "https://localhost")
    server.close()


def test_a_certificate_that_is_not_trusted(tls: str, verify) -> None:
    done = verify(tls)
    assert done.returncode == 1
    assert "The certificate of localhost" in done.stdout
    assert "set TRACKPLAN_CA_FILE" in done.stdout


def test_the_cure_for_a_certificate_works(tls: str, verify, tmp_path: Path) -> None:
    cured = verify(tls, TRACKPLAN_CA_FILE=str(tmp_path / "ca.pem"))
    assert cured.returncode == 0


def test_a_server_without_tls(server: Server, verify) -> None:
    done = verify(server.url.replace("http:", "https:"))
    assert "does not speak TLS as it should." in done.stdout


def test_certificates_that_cannot_be_read(server: Server, verify) -> None:
    done = verify(server.url, TRACKPLAN_CA_FILE="/does/not/exist.pem")
    assert done.returncode == 1
    assert "The certificates to trust cannot be read." in done.stdout


@pytest.mark.parametrize(
    ("proxy", "fact"),
    [
        (
            "gopher://jane:hunter2@proxy",
            "A URL cannot be used: that of the proxy proxy.",
        ),
        ("socks5://jane:hunter2@proxy:1080", "The proxy is a SOCKS proxy"),
        (
            "http://jane:hunter2@nowhere.invalid:3128",
            "The host name of the proxy nowhere.invalid:3128 is not known.",
        ),
    ],
)
def test_a_proxy_that_cannot_be_used_is_explained_without_its_password(
    verify, proxy: str, fact: str
) -> None:
    done = verify("http://userlens.invalid", ALL_PROXY=proxy)
    assert done.returncode == 1
    assert fact in done.stdout
    assert "hunter2" not in done.stdout


def test_a_proxy_that_wants_a_login(server: Server, verify) -> None:
    server.reply(407)
    done = verify("http://userlens.invalid", HTTP_PROXY=server.url)
    assert "wants a login." in done.stdout
    assert "set TRACKPLAN_PROXY to http://user:password@host:port" in done.stdout


def test_a_proxy_that_lets_nothing_through(server: Server, verify) -> None:
    done = verify("https://userlens.invalid", HTTPS_PROXY=server.url)
    assert "does not let the request through." in done.stdout


def test_without_a_write_code_a_stand_in_is_asked(run) -> None:
    done = run("verify", TRACKPLAN_PROXY="http://nowhere.invalid")
    assert done.returncode == 0
    assert "a stand-in for Userlens on this machine" in done.stdout
    assert "3 of 3 accepted. Set USERLENS_WRITE_CODE" in done.stdout


def test_an_application_that_delivers_nothing_is_mentioned(
    server: Server, verify
) -> None:
    done = verify(server.url, TRACKPLAN_DELIVER="false")
    assert "TRACKPLAN_DELIVER is false" in done.stdout


def test_an_event_larger_than_the_setting_allows(server: Server, verify) -> None:
    done = verify(server.url, TRACKPLAN_MAX_EVENT_SIZE="10")
    assert done.returncode == 1
    assert "TRACKPLAN_MAX_EVENT_SIZE" in done.stdout


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("USERLENS_WRITE_CODE", "null"),
        ("USERLENS_EVENTS_URL", "events.userlens.io"),
        ("TRACKPLAN_PROXY", "proxy:3128"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_it(run, variable: str, value: str) -> None:
    done = run("verify", **{variable: value})
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"trackplan: {variable} must be ")
    assert "used instead" not in done.stderr


@pytest.mark.parametrize("option", [("--timeout", "nan"), ("--user", " ")])
def test_an_option_that_cannot_be_used_stops_it(run, option: tuple[str, str]) -> None:
    done = run("verify", *option)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("trackplan: ")
