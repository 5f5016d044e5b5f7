"""The press: pictures and A4 papers from plain content. It knows no rule and no table; text comes in ready to print."""

from gateways.press.content import Box, PaperContent, Sign, Table
from gateways.press.printer import PressError, pages_pdf, paper
from gateways.press.road import Lane, Sizes, Stretch, draw_map, draw_road
from gateways.press.road import height as road_height
from gateways.press.watermark import watermark

__all__ = [
    "Box", "Lane", "PaperContent", "PressError", "Sign", "Sizes", "Stretch", "Table", "draw_map", "draw_road",
    "pages_pdf", "paper", "road_height", "watermark",
]  # fmt: skip
