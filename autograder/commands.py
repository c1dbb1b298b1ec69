"""What each subcommand does: it opens the course, calls the rooms, prints, and returns an exit code."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from autograder.course import CourseError, command, open_course


def release(options: argparse.Namespace) -> int:
    """make the student version of a lab"""
    from autograder.release import make_release

    course = open_course(options.lab)
    changed = make_release(course, options.dry_run)
    would = "would change; nothing was written" if options.dry_run else "made anew"
    print(f"release/{course.lab}: {would if changed else 'unchanged'}")
    return 0


def import_course(options: argparse.Namespace) -> int:
    """bring in a course that was made for nbgrader: a notebook, an assignment, or a whole course"""
    from autograder.importing import bring, judge_cells

    unsound = 0
    for lab in bring(Path.cwd(), options.source, options.lab):
        if lab.refused:
            unsound += 1
            print(f"source/{lab.course.lab}: not written: {lab.refused}")
        else:
            print(f"source/{lab.course.lab}: written from {options.source}, which is as it was")
        for line in lab.said:
            print(f"  {line}")
        if lab.refused:
            continue
        print("  its cells are run now, up to four times", file=sys.stderr, flush=True)
        try:
            for line in judge_cells(lab.course):
                print(f"  {line}")
        except CourseError as error:
            unsound += 1
            print(f"  cannot be released as it is: {error}")
        print(f"  next: {command('release', lab.course)}")
    return 1 if unsound else 0


def new_lab(options: argparse.Namespace) -> int:
    """make the skeleton of a new lab"""
    from autograder.release import make_lab

    if options.lab is None:
        raise CourseError("Give the new lab a name: --lab lab04.")
    course = make_lab(Path.cwd(), options.lab)
    print(
        f"source/{course.lab}, tests/{course.lab} and release/{course.lab} are there. Next: {command('check', course)}"
    )
    return 0


def check(options: argparse.Namespace) -> int:
    """check the tests themselves: right answers, known mistakes and mutants of the solutions"""
    from autograder.check import Check

    check = Check(open_course(options.lab), options.only)
    for number in range(options.seeds):
        check.run(f"check-{number + 1}", options.jobs, options.level)
        if options.seeds > 1:
            print(f"seed {number + 1} of {options.seeds}: {len(check.lines)} differences so far", file=sys.stderr)
    check.run_mutants("check-1", options.jobs, options.level)
    if options.level == "none":
        print("The attacks are left out: they need a sandbox.", file=sys.stderr)
    else:
        check.run_attacks("check-1", options.jobs, options.level)
    for line in [*check.forgeable, *check.notes, *check.same, *check.lines]:
        print(line)
    print(check.text())
    return 1 if check.lines else 0


def collect(options: argparse.Namespace) -> int:
    """put a class download of Moodle or Canvas, or folders, into submitted/"""
    from autograder.collect import collect

    collected = collect(open_course(options.lab), options.source, options.worksheet, options.timezone)
    print(collected)
    return 1 if collected.refused else 0


def autograde(options: argparse.Namespace) -> int:
    """grade what was handed in"""
    from autograder.grade import autograde

    course = open_course(options.lab)
    counts = autograde(course, options.jobs, options.level, options.student, options.scheduler)
    print(counts)
    return 1 if counts.failed or counts.refused_times else 0


def feedback(options: argparse.Namespace) -> int:
    """write the feedback for students"""
    from autograder.report import archive, write_feedback

    course = open_course(options.lab)
    folders = write_feedback(course)
    print(f"feedback for {len(folders)} students: {folders[0].parent.parent}\nfor upload: {archive(course)}")
    return 0


def report(options: argparse.Namespace) -> int:
    """write the report for teachers, and print the scores"""
    from autograder.record import Writer
    from autograder.report import read_scores, table, write_report

    course = open_course(options.lab)
    path = write_report(course)
    with Writer(course) as writer:
        print(table(read_scores(writer)))
    print(f"\n{path}, and the same as .csv and .json")
    return 0


def similarity(options: argparse.Namespace) -> int:
    """write pairs of similar answers, for a person to read"""
    from autograder.report import write_similarity

    path, count = write_similarity(open_course(options.lab))
    print(f"{count} {'pair' if count == 1 else 'pairs'} to read: {path}")
    return 0


def proofs(options: argparse.Namespace) -> int:
    """grade the answers that a person reads, in a page of the browser"""
    from autograder.proofs import grade_proofs, take_requests, write_decisions

    course = open_course(options.lab)
    if options.requests:
        lines, all_taken = take_requests(course, options.requests, options.who)
        print(lines)
        return 0 if all_taken else 1
    if options.log:
        print(write_decisions(course, options.who))
        return 0
    grade_proofs(course, options.who, options.port, not options.no_browser)
    return 0


def export(options: argparse.Namespace) -> int:
    """write the grades for Moodle, Canvas or another program"""
    from autograder.export import export_grades

    print(export_grades(open_course(options.lab), options.format, options.partial, options.worksheet))
    return 0


def solution(options: argparse.Namespace) -> int:
    """write the worked solution, to publish after the deadline"""
    from autograder.solution import make_solution

    pages = make_solution(open_course(options.lab), options.schemes)
    print("\n".join(f"{path}, and the same as .ipynb" for path in pages))
    return 0


def drop(options: argparse.Namespace) -> int:
    """put a student who left aside"""
    from autograder.record import drop_student

    print(
        f"{options.student} is in no class list and no gradebook any more; all there was: "
        f"{drop_student(open_course(options.lab), options.student)}"
    )
    return 0


def gradescope(options: argparse.Namespace) -> int:
    """pack the autograder of a lab for Gradescope"""
    from autograder.gradescope import pack

    print(f"upload to Gradescope, and to nobody else: {pack(open_course(options.lab), options.torch_index)}")
    return 0


def demo(options: argparse.Namespace) -> int:
    """grade a small synthetic class in demo/"""
    from autograder.demo import run_demo

    return run_demo(options.lab, options.level)


def doctor(options: argparse.Namespace) -> int:
    """say what this machine has and what is missing"""
    from autograder.doctor import examine_machine

    here = options.lab or any(Path.cwd().glob("source/*/*.ipynb"))
    lines, sound = examine_machine(open_course(options.lab) if here else None, options.level)
    print("\n".join(lines))
    return 0 if sound else 1


COMMANDS = {
    "import": import_course,
    "release": release,
    "new-lab": new_lab,
    "check": check,
    "collect": collect,
    "autograde": autograde,
    "feedback": feedback,
    "report": report,
    "similarity": similarity,
    "proofs": proofs,
    "export": export,
    "solution": solution,
    "drop": drop,
    "gradescope": gradescope,
    "demo": demo,
    "doctor": doctor,
}
