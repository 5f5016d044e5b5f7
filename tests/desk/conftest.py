from tests.desk.door import desk

__all__ = ["desk"]
