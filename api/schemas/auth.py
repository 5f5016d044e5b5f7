"""Bodies and answers of signing in."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.op import Schema
from api.schemas.base import Shape

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256)]
Digits = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=12)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)]
Assurance = Literal["none", "phone", "name", "face", "window"]


class WechatIn(Schema):
    """`code`: what wx.login gave; single use, 5 minutes. The openid itself is never taken from a client."""

    code: Code


class RefreshIn(Schema):
    """`refresh_token`: the newest of the session; each is good once."""

    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=512)]


class SmsIn(Schema):
    """`phone`: mainland mobile number; six digits are sent to it."""

    phone: Phone


class PhoneIn(Schema):
    """Either `code` (WeChat's getPhoneNumber) or `phone` with `sms_code`."""

    code: Code | None = None
    phone: Phone | None = None
    sms_code: Digits | None = None


class RealNameIn(Schema):
    """Name and 18-character ID number, as on the card."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    id_number: Annotated[str, StringConstraints(min_length=1, max_length=40)]


class AccountOut(Shape):
    """The signed-in person: the own name in plain, number and phone masked. `unread` counts the own list."""

    id: str
    name: str | None
    name_masked: str | None
    id_number_masked: str | None
    phone_masked: str | None
    assurance: Assurance
    unread: int = Field(ge=0)


class TokensOut(Shape):
    """An access token for `expires_in` seconds and the refresh token that follows it."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int
    refresh_token: str
    account: AccountOut


class SmsOut(Shape):
    """The same for every phone, known or not."""

    sent: Literal[True] = True
    expires_in: int
    again_in: int
