"""The classes of the tests of decisions."""

from tests.record.conftest import blank_gradebook, proof_class

__all__ = ["blank_gradebook", "proof_class"]
