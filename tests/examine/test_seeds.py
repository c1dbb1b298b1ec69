"""Every submission has inputs of its own."""

from autograder.examine.examiner import seed_of


def test_a_seed_follows_from_secret_and_submission() -> None:
    assert seed_of("secret", "digest") == seed_of("secret", "digest")
    assert len({seed_of("secret", "digest"), seed_of("secret", "digesu"), seed_of("secres", "digest")}) == 3
    assert "secret" not in seed_of("secret", "digest")
