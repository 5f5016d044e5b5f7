"""What a citizen reads about a photograph: advice (never a refusal) and the few cases where a file cannot be taken.

One thought a sentence, what happened first, then what to do (look/app.md, Words). R46: blur, dark and small are advice.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Advice:
    """`words` is the heading (what to do), `tip` the quieter line under it."""

    words: str
    tip: str


KEEP = "看得清就行。不想重拍，也可以用这张。"

ADVICE: dict[str, Advice] = {
    "too_dark": Advice("有点暗，靠近窗户再拍一张", KEEP),
    "blurred": Advice("有点糊，拿稳了再拍一张", "手肘靠在桌上，点一下屏幕上的字，等清楚了再按。" + KEEP),
    "too_small": Advice("字太小，靠近一点再拍一张", "让纸占满四个角里面。" + KEEP),
    "glare": Advice("有反光，换个角度再拍一张", "关掉闪光灯，或把纸转一点，躲开灯。" + KEEP),
    "cut_off": Advice("纸边没拍全，退后一点再拍一张", "四个边都要看得见。边上没有字的话，也可以用这张。"),
    "not_document": Advice("看不出是证件或文件", "要交的就是这张，可以接着用。拍错了，就再拍一张。"),
    "same_page": Advice("这一页和前面的一页一样", "拍重了就删掉一张。不是同一页，可以接着用。"),
    "long_page": Advice("这张图很长，字可能看不清", "分成几张截图，一张一页，窗口看得更清楚。也可以用这张。"),
}

REFUSALS: dict[str, str] = {
    "photo_empty": "这个文件是空的，没有传上来内容。请重新拍一张，或重新选一张照片。",
    "photo_not_image": "这个文件不是照片。请用手机拍一张，或从相册里选。",
    "photo_format": "这种格式的图看不了。请用手机拍一张，或在手机上打开它，截图再传。",
    "photo_pdf": "这是 PDF 文件，这里只收照片。请在手机上打开它，一页截一张图再传。",
    "photo_heic": "这张照片是苹果手机的 HEIC 格式。请在手机相机设置里选“兼容性最好”，或截图再传。",
    "photo_truncated": "照片没有传完整。请再传一次。",
    "photo_damaged": "这张照片的文件坏了，打不开。请重新拍一张。",
    "photo_too_large": "这张图太大了（最大 4000 万像素、25 兆）。请用手机直接拍一张，或截图再传。",
    "photo_bomb": "这张图的尺寸不正常，不能打开。请用手机直接拍一张。",
    "photo_timeout": "这张照片处理得太久，没有做完。请再传一次，还不行就截图再传。",
}
