"""Downloads of Moodle and its grading worksheet, in all their shapes: everybody is found, under one id in all labs."""

import datetime
from pathlib import Path

import pytest

from autograder.collect import collect, read_recipients, read_students, read_timestamp
from autograder.course import Course, CourseError
from tests.collect.small_moodle import Person, SmallMoodle, a_class

IDS = [
    "Ana-María-García-López",
    "Seán-O-Brien",
    "Jürgen-Müller-Lüdenscheidt",
    "太郎-山田",
    "Max_Under-Score-Co-Q",
    "Anna-Schmidt-s05",
    "Anna-Schmidt-s06",
    "Łukasz-Żółć-D-Angelo",
    ("Wolfgang-" * 20)[:80],
    "John-Doe-3",
    "Nora-Nichts",
]


def collected(course: Course) -> dict[str, str]:
    """The text of the first file of each submission, which begins with the name of whom it is from."""
    return {path.parent.parent.name: path.read_text() for path in course.submitted.glob("*/lab03/one.ipynb")}


def with_worksheet(course: Course, moodle: SmallMoodle, folder: Path, zone: str | None = "Europe/Berlin"):
    return collect(course, moodle.archive(folder / "all.zip"), moodle.worksheet(folder / "sheet.csv"), zone)


@pytest.mark.parametrize("folders", [True, False])
@pytest.mark.parametrize("online_text", [True, False])
@pytest.mark.parametrize("language", ["en", "de", "fr", "zh"])
def test_everybody_is_found(own: Course, tmp_path: Path, folders: bool, online_text: bool, language: str) -> None:
    moodle = SmallMoodle(a_class(), folders=folders, online_text=online_text, language=language)
    for person in moodle.people[::2] if online_text else []:
        person.online_text = "See my files, please. Tuesday, 24 November 2026, 5:30 PM"
    result = with_worksheet(own, moodle, tmp_path)
    assert result.refused == [] and result.unassigned == []
    assert collected(own) == {id: f"{person.name}: one.ipynb" for id, person in zip(IDS[:-1], moodle.people)}
    assert [read_timestamp(own, id) for id in IDS[:-1]] == [person.handed_in for person in moodle.people[:-1]]
    people = read_students(own.home / "students.csv")
    assert [(each.id, each.email) for each in people] == [(id, person.email) for id, person in zip(IDS, moodle.people)]
    assert [each.name for each in people] == [" ".join(person.name.split()) for person in moodle.people]
    numbers = {each.student: each.number for each in read_recipients(own.submitted, "lab03")}
    assert numbers == {id: str(person.number) for id, person in zip(IDS[:-1], moodle.people)}


def test_a_person_is_one_student_in_all_labs(own: Course, tmp_path: Path, moodle: SmallMoodle) -> None:
    with_worksheet(own, moodle, tmp_path)
    before = (own.home / "students.csv").read_text()
    for place, person in enumerate(reversed(moodle.people)):  # all numbers are others
        person.number = 500 + place
    moodle.people.reverse()
    second = Course(own.home, own.root, "lab04")
    result = with_worksheet(second, moodle, tmp_path)
    assert sorted(result.new) == sorted(IDS[:-1])
    assert (own.home / "students.csv").read_text() == before
    numbers = {each.student: each.number for each in read_recipients(own.submitted, "lab04")}
    assert numbers[IDS[0]] == "510" and {each.number for each in read_recipients(own.submitted, "lab03")} >= {"37"}


def test_names_do_where_no_addresses_are_shown(own: Course, tmp_path: Path) -> None:
    moodle = SmallMoodle(a_class(), addresses=False)
    with_worksheet(own, moodle, tmp_path)
    assert set(collected(own)) == set(IDS[:-1]) - {"Anna-Schmidt-s05", "Anna-Schmidt-s06"} | {
        "Anna-Schmidt-42",  # two of one name and nothing else to know them by
        "Anna-Schmidt-43",
    }
    with_worksheet(own, SmallMoodle(a_class()), tmp_path)  # now with addresses
    assert {each.id: each.email for each in read_students(own.home / "students.csv")}[
        "Seán-O-Brien"
    ] == "s01@example.org"


def test_another_person_of_the_same_name_is_another_student(own: Course, tmp_path: Path) -> None:
    first = Person("Ana Example", 7, "ana@example.org", datetime.datetime(2026, 11, 24, 6))
    with_worksheet(own, SmallMoodle([first]), tmp_path)
    other = Person("Ana Example", 8, "example.ana@example.org", datetime.datetime(2026, 11, 24, 7))
    result = with_worksheet(own, SmallMoodle([other]), tmp_path)
    assert result.new == ["Ana-Example-example.ana"]
    assert any("Ana-Example" in note and "correct it there" in note for note in result.notes)


def test_the_teachers_own_ids_and_names_stay(own: Course, tmp_path: Path, moodle: SmallMoodle) -> None:
    (own.home / "students.csv").write_bytes("id;email;last_name\ns-sean;S01@example.org;Ó Briain\n".encode("cp1252"))
    with_worksheet(own, moodle, tmp_path)
    sean = read_students(own.home / "students.csv")[0]
    assert (sean.id, sean.last_name, sean.email) == ("s-sean", "Ó Briain", "S01@example.org")
    assert "s-sean" in collected(own)


def test_the_teachers_own_list_may_have_names_alone(own: Course, tmp_path: Path, moodle: SmallMoodle) -> None:
    text = "id,first_name,last_name\ns-sean,Sean,Other\ns-jo,John Doe,3\ns-yamada,山田,太郎\ns-anna,Anna,Schmidt\n"
    (own.home / "students.csv").write_text(text)
    with_worksheet(own, moodle, tmp_path)
    people = {each.id: each.email for each in read_students(own.home / "students.csv")}
    assert (people["s-jo"], people["s-yamada"]) == ("s09@example.org", "s03@example.org")
    assert people["s-sean"] == people["s-anna"] == ""  # somebody else, and either of two
    assert len(people) == 13


def test_blind(own: Course, tmp_path: Path) -> None:
    moodle = SmallMoodle(a_class(), blind=True)
    with_worksheet(own, moodle, tmp_path)
    assert set(collected(own)) == {f"Participant-{person.number}" for person in moodle.people[:-1]}
    assert read_timestamp(own, "Participant-37") == datetime.datetime(2026, 11, 24, 6, 30)
    assert not (own.home / "students.csv").exists()


def grouped(blind: bool = False) -> SmallMoodle:
    """A class in groups, whose numbers are those of two participants."""
    moodle = SmallMoodle(a_class(), grouped=True, blind=blind)
    for person, group in zip(moodle.people, ["The Early_Birds"] * 3 + ["Team O'Two"] * 2):
        person.group = group
    for person in moodle.people:
        first = next(each for each in moodle.people if each.group == person.group)
        person.handed_in = first.handed_in
    moodle.group_numbers = {"The Early_Birds": 45, "Team O'Two": 37}
    return moodle


@pytest.mark.parametrize("blind", [True, False])
def test_groups(own: Course, tmp_path: Path, blind: bool) -> None:
    moodle = grouped(blind)
    result = with_worksheet(own, moodle, tmp_path)
    assert sorted(result.new) == ["group-Default-group", "group-Team-OTwo", "group-The-Early-Birds"]
    members: dict[str, list[str]] = {}
    for each in read_recipients(own.submitted, "lab03"):
        members.setdefault(each.submission, []).append(each.number)
    assert members["group-The-Early-Birds"] == ["37", "38", "39"] and members["group-Team-OTwo"] == ["40", "41"]
    assert read_timestamp(own, "group-Team-OTwo") == datetime.datetime(2026, 11, 24, 9, 30)
    assert (own.home / "students.csv").exists() != blind


def test_groups_without_a_worksheet_are_refused(own: Course, tmp_path: Path) -> None:
    moodle = grouped()
    with pytest.raises(CourseError, match="assignment for groups.*WORKSHEET"):
        collect(own, moodle.archive(tmp_path / "all.zip"))
    assert collected(own) == {} and not list(own.submitted.iterdir())
    with_worksheet(own, moodle, tmp_path)
    moodle.people = moodle.people[:5]  # nobody is without a group: all have numbers
    with pytest.raises(CourseError, match="it was collected as one before"):
        collect(own, moodle.archive(tmp_path / "all.zip"))


def numbered_groups(*names: str) -> SmallMoodle:
    """A class of people in groups of these names, whose numbers are those of other participants."""
    moodle = SmallMoodle(a_class()[: len(names)], grouped=True)
    for person, name in zip(moodle.people, names):
        person.group, person.handed_in = name, moodle.people[0].handed_in
    moodle.group_numbers = {name: 36 + len(names) - place for place, name in enumerate(dict.fromkeys(names))}
    return moodle


@pytest.mark.parametrize("names", [["Group A", "Group B", "Group C"], ["Group 1"], ["Red 7", "Team 2", "Others"]])
def test_groups_that_all_have_numbers_are_told_by_their_names(own: Course, tmp_path: Path, names: list[str]) -> None:
    moodle = numbered_groups(*names)
    with pytest.raises(CourseError, match=r"assignment for groups \('.*called as groups are\).*WORKSHEET"):
        collect(own, moodle.archive(tmp_path / "all.zip"))
    assert collected(own) == {} and not list(own.submitted.iterdir())


def test_groups_are_told_by_the_class_list(own: Course, tmp_path: Path) -> None:
    moodle = numbered_groups("Owls", "Owls", "Cats")
    with_worksheet(Course(own.home, own.root, "lab04"), SmallMoodle(a_class()), tmp_path)
    with pytest.raises(CourseError, match=r"\('Cats' and others are nobody in students.csv\)"):
        collect(own, moodle.archive(tmp_path / "all.zip"))


def test_groups_that_nothing_tells_are_said_to_be_possible(own: Course, tmp_path: Path) -> None:
    moodle = numbered_groups("Owls", "Owls", "Cats")
    result = collect(own, moodle.archive(tmp_path / "all.zip"))
    assert sorted(result.new) == ["Cats-38", "Owls-39"] and "of participants or of groups" in str(result)
    result = with_worksheet(own, moodle, tmp_path)
    assert sorted(result.new) == ["group-Cats", "group-Owls"]
    assert "make drop STUDENT=Cats-38" in str(result) and "make drop STUDENT=Owls-39" in str(result)
    assert {each.submission for each in read_recipients(own.submitted, "lab03")} == {"group-Cats", "group-Owls"}
    assert {each.id for each in read_students(own.home / "students.csv")} == set(IDS[:3])


@pytest.mark.parametrize("blind", [True, False])
def test_people_are_no_groups(own: Course, tmp_path: Path, blind: bool) -> None:
    moodle = SmallMoodle(a_class(), blind=blind)
    result = collect(own, moodle.archive(tmp_path / "all.zip"))
    assert len(result.new) == 10 and ("or of groups" in str(result)) != blind


def test_groups_whose_names_cannot_be_told_apart_are_refused(own: Course, tmp_path: Path) -> None:
    moodle = grouped()
    for person, group in zip(moodle.people, ["Team 1", "Team_1", "Team 2", "Long " * 20 + "1", "Long " * 20 + "2"]):
        person.group = group
        moodle.group_numbers[group] = 100 + len(moodle.group_numbers)
    result = with_worksheet(own, moodle, tmp_path)
    assert [line.split(" is not")[0] for line in result.refused] == ["'Team 1_102'", "'Team 1_103'"]
    assert len(result.new) == 4 and "group-Team-2" in result.new


@pytest.mark.parametrize("shift", [1, 100])
def test_a_worksheet_of_another_assignment_is_refused(
    own: Course, tmp_path: Path, moodle: SmallMoodle, shift: int
) -> None:
    """Its people have other numbers, or each has that of another one."""
    archive = moodle.archive(tmp_path / "all.zip")
    for person in moodle.people:
        person.number += shift
    with pytest.raises(CourseError, match="of another assignment"):
        collect(own, archive, moodle.worksheet(tmp_path / "sheet.csv"))
    assert collected(own) == {}


def test_who_is_not_in_the_worksheet_is_named(own: Course, tmp_path: Path, moodle: SmallMoodle) -> None:
    archive = moodle.archive(tmp_path / "all.zip")
    moodle.people[1].name = "Somebody Else"
    del moodle.people[2]
    result = collect(own, archive, moodle.worksheet(tmp_path / "sheet.csv"))
    assert len(result.new) == 8 and len(result.refused) == 2
    assert "(38 is Somebody Else there)" in " ".join(result.refused)


def test_garbled_names_are_said_to_be(own: Course, tmp_path: Path, moodle: SmallMoodle) -> None:
    source = tmp_path / "unpacked"
    for name in ("J++rgen M++ller_39", "Anna Schmidt_42", os_name(b"Se+\xedn_38")):
        (source / f"{name}_assignsubmission_file").mkdir(parents=True)
        (source / f"{name}_assignsubmission_file/one.ipynb").write_text("x")
    result = collect(own, source, moodle.worksheet(tmp_path / "sheet.csv"))
    assert result.new == ["Anna-Schmidt-s05"]
    assert ["zip itself" in line for line in result.refused] == [True, True]
    assert any("J++rgen" in line and "zip itself" in line for line in collect(own, source).notes)


def os_name(name: bytes) -> str:
    return name.decode(errors="surrogateescape")


def test_who_was_collected_without_the_worksheet_keeps_the_id(own: Course, tmp_path: Path, moodle: SmallMoodle) -> None:
    archive = moodle.archive(tmp_path / "all.zip")
    first = collect(own, archive)
    result = with_worksheet(own, moodle, tmp_path)
    assert sorted(result.unchanged) == sorted(first.new) and result.new == []
    assert {each.id for each in read_students(own.home / "students.csv")} == {*first.new, "Nora-Nichts"}
    assert collect(own, archive).unchanged == result.unchanged  # and without it again


def test_a_student_known_from_another_lab_is_not_made_twice_in_silence(own: Course, tmp_path: Path) -> None:
    with_worksheet(own, SmallMoodle(a_class()), tmp_path)
    second = Course(own.home, own.root, "lab04")
    moodle = SmallMoodle(a_class())
    collect(second, moodle.archive(tmp_path / "all.zip"))
    result = with_worksheet(second, moodle, tmp_path)
    assert any("Seán-OBrien-38 and" in note and "make drop STUDENT=Seán-OBrien-38" in note for note in result.notes)
