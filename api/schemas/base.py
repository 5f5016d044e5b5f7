"""Base of answers: an answer with a field that is not described is our mistake and fails in the tests."""

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")
