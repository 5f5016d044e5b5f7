"""The press: pictures and A4 papers from plain content. It knows no rule and no table; text comes in ready to print."""

from gateways.press.content import Box, PaperContent, Sign, Table
from gateways.press.printer import PressError, pages_pdf, paper
from gateways.press.watermark import watermark

__all__ = ["Box", "PaperContent", "PressError", "Sign", "Table", "pages_pdf", "paper", "watermark"]
