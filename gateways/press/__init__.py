"""The press: pictures and A4 papers from plain content. It knows no rule and no table; text comes in ready to print."""

from gateways.press.pages import pages_pdf
from gateways.press.paper import Box, PaperContent, Sign, Table, paper
from gateways.press.watermark import watermark

__all__ = ["Box", "PaperContent", "Sign", "Table", "pages_pdf", "paper", "watermark"]
