"""The server answers only with the token, to its own origin, and nothing that is sent breaks it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from autograder.course import Course
from autograder.proofs import way_to
from autograder.record import Writer
from tests.proofs.serving import Served, served
from tests.record.conftest import copy_of, hand_in_proofs

Q03 = "exercise2_chain_rule/q03"
ATTACK = '<script>alert(1)</script><img src=x onerror="alert(2)"> MARKER $x = <b>y</b>$ [link](javascript:alert(3))'
CLASS = {
    "s01": {"q03": "the same $\\sigma'(x) = \\sigma(x)$"},
    "s02": {"q03": "The  same $\\sigma' (x)=\\sigma(x)$"},
    "hostile-html": {"q03": ATTACK},
}


@pytest.fixture(scope="module")
def course(blank_gradebook: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = copy_of(blank_gradebook, tmp_path_factory.mktemp("served"))
    hand_in_proofs(course, CLASS)
    return course


@pytest.fixture(scope="module")
def server(course: Course) -> Iterator[Served]:
    with served(course) as running:
        yield running


def unit(server: Served, page: str = "page-of-test", **asked: object) -> dict:
    return server.call("unit", page, question=Q03, **{"direction": "next", "place": -1, "names": True, **asked})  # type: ignore[return-value]


def let_go(server: Served, *pages: str) -> None:
    """What a page does when it is closed."""
    for page in pages:
        assert server.call("renew", page, question=Q03, cards=[])


def test_the_page_holds_no_inline_script_and_says_so(server: Served) -> None:
    for name in ("", "proofs.js", "keys.js", "proofs.css"):
        status, headers, text = server.request("GET", f"/{name}?token={server.token}")
        assert status == 200
        policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'" and policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == policy["form-action"] == policy["base-uri"] == "'none'"
        assert headers["Referrer-Policy"] == "no-referrer" and headers["Cache-Control"] == "no-store"
        if not name:
            assert re.findall(r"<script(?![^>]*src=)|\son\w+=|style=", text) == []


@pytest.mark.parametrize("path", ["/", "/proofs.js", "/?token=", "/?token=wrong", "/proofs.html", "/../server.py"])
def test_nothing_without_the_token(server: Served, path: str) -> None:
    status, _, text = server.request("GET", path)
    assert status == 403 and server.token not in text


def test_no_call_without_the_token(server: Served) -> None:
    for given in ({}, {"Authorization": "token wrong"}, {"Cookie": f"token={server.token}"}):
        status, _, text = server.request(
            "POST", "/api/overview", b'{"question": ""}', **{"X-Page": "page-of-test"} | given
        )
        assert status == 403 and "make proofs" in text
    status, _, _ = server.request("POST", f"/api/overview?token={server.token}", b"{}", **{"X-Page": "page-of-test"})
    assert status == 403  # what a form of another page could send


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://{host}"])
def test_nothing_to_another_origin(server: Served, origin: str) -> None:
    headers = {"Authorization": f"token {server.token}", "Origin": origin.format(host=server.host)}
    assert server.request("POST", "/api/overview", b"{}", **headers, **{"X-Page": "page-of-test"})[0] == 403
    assert server.request("GET", f"/?token={server.token}", Origin=headers["Origin"])[0] == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "0.0.0.0:{port}"])
def test_nothing_under_another_name(server: Served, host: str) -> None:
    host = host.format(port=server.host.split(":")[1])
    assert server.request("GET", f"/?token={server.token}", Host=host)[0] == 403


def test_it_listens_on_the_loopback_address_only(server: Served) -> None:
    assert server.address.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("unit", {}),
        ("unit", {"question": "no/such", "direction": "next", "place": 0}),
        ("unit", {"question": Q03, "direction": "next", "place": "0"}),
        ("unit", {"question": Q03, "direction": "next", "place": 1e99}),
        ("unit", [1, 2]),
        ("unit", "text"),
        ("decide", {"question": Q03, "cards": "all", "items": [], "note": ""}),
        ("decide", {"question": Q03, "cards": [{"id": 1}], "items": [], "note": ""}),
        ("decide", {"question": Q03, "cards": [], "items": [1], "note": ""}),
        ("decide", {"question": Q03, "cards": [], "items": [], "note": "x" * 30_000}),
        ("item", {"question": Q03, "id": "", "points": "many", "words": "words"}),
        ("item", {"question": Q03, "id": "", "points": 1, "words": "  "}),
        ("item", {"question": Q03, "id": "none", "points": 1, "words": "words"}),
        ("apart", {"question": Q03, "card": "none"}),
        ("reply", {"question": Q03, "request": "none", "text": "text"}),
        ("nothing", {}),
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_reason(server: Served, name: str, body: object) -> None:
    headers = {"Authorization": f"token {server.token}", "X-Page": "page-of-test"}
    status, _, text = server.request("POST", f"/api/{name}", json.dumps(body).encode(), **headers)
    assert status in (400, 404, 409) and text.strip(" .") and "Traceback" not in text
    status, _, _ = server.request("POST", f"/api/{name}", b"{" * 5000, **headers)
    assert status in (400, 404)
    assert server.request("POST", "/api/unit", b"{}", **{**headers, "X-Page": "<b>"})[0] == 400


def test_an_answer_is_cleaned_and_anonymous(server: Served) -> None:
    found = [unit(server, place=number, direction="at", names=False) for number in (1, 2, 3)]
    cards = {card["id"]: card for each in found for card in each["cards"]}
    assert len(cards) == 3 and not [name for name in CLASS if name in json.dumps(found)]
    (html,) = [card["html"] for card in cards.values() if "MARKER" in card["html"]]
    tags = BeautifulSoup(html, "html.parser").find_all(True)
    assert {tag.name for tag in tags} <= {"div", "p", "b", "a"}
    assert not [tag for tag in tags if tag.has_attr("onerror") or "javascript" in tag.get("href", "")]
    let_go(server, "page-of-test")
    assert {card["name"] for each in (1, 2, 3) for card in unit(server, place=each, direction="at")["cards"]} == set(
        CLASS
    )


def test_two_pages_do_not_get_the_same_answers(server: Served) -> None:
    let_go(server, "page-of-test")
    first, second = (unit(server, page) for page in ("page-of-ana", "page-of-ben"))
    students = [{card["name"] for card in each["cards"]} for each in (first, second)]
    assert students[0] and students[1] and not students[0] & students[1]
    third = unit(server, "page-of-eve")
    assert third["cards"] == [] and third["others"] == ["ana"]
    assert unit(server, "page-of-eve", direction="previous", place=3)["place"] == 3  # and from there on, later
    cards = [{key: card[key] for key in ("id", "digest", "version")} for card in first["cards"]]
    told = server.call("decide", "page-of-eve", question=Q03, cards=cards, items=[], note="mine")
    assert told["done"] == [] and set(told["refused"].values()) == {"ana has it now"}  # type: ignore[index]
    let_go(server, "page-of-ana")
    assert unit(server, "page-of-eve")["place"] == first["place"]
    let_go(server, "page-of-ben", "page-of-eve")


def test_an_answer_that_changed_meanwhile_is_not_graded(server: Served, course: Course) -> None:
    seen = unit(server)
    hand_in_proofs(course, {card["name"]: {"q03": f"new {card['name']}"} for card in seen["cards"]})
    cards = [{key: card[key] for key in ("id", "digest", "version")} for card in seen["cards"]]
    told = server.call("decide", question=Q03, cards=cards, items=[], note="")
    assert told["done"] == [] and all("look again" in why for why in told["refused"].values())  # type: ignore[index]
    hand_in_proofs(course, {card["name"]: CLASS[card["name"]] for card in seen["cards"]})


def test_a_decision_reaches_the_gradebook(server: Served, course: Course) -> None:
    seen = unit(server)
    cards = [{key: card[key] for key in ("id", "digest", "version")} for card in seen["cards"]]
    chosen = [item["id"] for item in seen["items"] if item["points"] > 0]
    told = server.call("decide", question=Q03, cards=cards, items=chosen, note="Good.")
    assert len(told["done"]) == len(cards) and told["refused"] == {}  # type: ignore[arg-type,index]
    with Writer(course) as writer:
        for card in seen["cards"]:
            submission = writer.submissions()[card["name"]]
            assert {grade.manual_score for book in submission.notebooks for grade in book.grades} == {None, 2.0}
    assert server.call("undo")["place"] == seen["place"]  # type: ignore[index]


def test_the_check_of_derivations_is_asked_for_by_card(server: Served) -> None:
    found = [unit(server, place=number, direction="at") for number in (1, 2, 3)]
    card = next(card for each in found for card in each["cards"] if card["name"] == "s01")
    told = server.call("derivation", question=Q03, card=card["id"])
    assert told["fails"] == 1 and "<math" in told["first"]  # type: ignore[index,operator]


def test_the_token_is_in_no_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    with way_to("http://127.0.0.1:1/?token=secret") as shown:
        (path,) = (tmp_path / "runtime").iterdir()
        assert "secret" not in shown and shown == path.as_uri()
        assert path.stat().st_mode & 0o077 == 0 and "url=http://127.0.0.1:1/?token=secret" in path.read_text()
    assert not path.exists()
