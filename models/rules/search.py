"""Finding an item by everyday words, by pinyin (kaifandian, kfd), and in spite of a wrong letter or homophone (R16).

Pure. `terms` is computed at load and stored as text in the `search` column; `Index` is built from it in memory.
Ranking is deterministic: score, then code.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from typing import Any

from pypinyin import Style, pinyin

LONGEST = 60
FILLERS = re.compile(
    r"我想要|我想|我要|想要|怎么样|怎么|怎样|如何|请问|在哪里|哪里|去哪里|去哪|在哪|要去|办理|申请|申领|一下|需要|什么|材料"
    r"|手续|多久|可以|能不能|能否|帮我|给我|一个|是不是|流程|的|了|吗|呢|呀|啊"
)
SOUNDS_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
KEEP = 0.42  # a result must be this near to the best one
LEAST = 0.3  # and at least this good in itself


def clean(text: str) -> str:
    """What was typed or said, without signs and spaces at the ends, in one width and case; at most 60 characters."""
    folded = unicodedata.normalize("NFKC", text[:200]).lower()
    return re.sub(r"[^\w\s]|_", " ", folded).strip()[:LONGEST]


def sounds(text: str) -> list[list[str]]:
    """The readings of each character, every one of them: 行 -> xing, hang. Letters and digits stand for themselves."""
    found: list[list[str]] = []
    for char in text:
        readings = pinyin(char, style=Style.NORMAL, heteronym=True)[0]
        found.append(list(dict.fromkeys(reading.replace("ü", "v") for reading in readings))[:4])
    return found


def terms(record: Mapping[str, Any]) -> str:
    """The search text of an item or bundle record: JSON of [words, weight, readings], the strongest first."""
    weighed: dict[str, float] = {}

    def add(text: str, weight: float) -> None:
        short = re.sub(r"\s", "", clean(text))
        if short:
            weighed[short] = max(weighed.get(short, 0.0), weight)

    for word in record["words"]:
        add(word, 1.0)
    for part in re.split(r"[，、；]", record["everyday"]):
        add(part, 0.95)
    add(record["everyday"], 0.95)
    add(record["name"], 0.9)
    add(re.sub(r"（.*?）", "", record["name"]), 0.9)
    add((record.get("result") or {}).get("name", ""), 0.8)
    add(record.get("who") or record.get("note") or "", 0.45)
    for need in record.get("materials", []):
        if not need.get("form"):
            add(need["name"], 0.3)
    ranked = sorted(weighed.items(), key=lambda pair: (-pair[1], pair[0]))
    return json.dumps(
        [[text, weight, sounds(text) if weight >= 0.8 else []] for text, weight in ranked], ensure_ascii=False
    )


@dataclass(frozen=True, slots=True)
class Term:
    """One indexed phrase of one item."""

    text: str
    weight: float
    owner: int
    readings: tuple[frozenset[str], ...]
    loose: tuple[frozenset[str], ...]
    full: tuple[str, ...]
    initials: tuple[str, ...]


@dataclass
class Index:
    """All phrases of one catalogue. `codes[owner]` names the item."""

    codes: list[str] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    by_char: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_sound: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def build(cls, entries: Iterable[tuple[str, str]]) -> Index:
        """From (code, search text) pairs."""
        index = cls()
        for code, text in entries:
            owner = len(index.codes)
            index.codes.append(code)
            for words, weight, readings in json.loads(text):
                index._add(_term(words, float(weight), owner, readings))
        return index

    def _add(self, term: Term) -> None:
        place = len(self.terms)
        self.terms.append(term)
        for char in set(term.text):
            self.by_char[char].add(place)
        for options in term.loose:
            for sound in options:
                self.by_sound[sound].add(place)

    def find(self, query: str) -> list[tuple[str, float]]:
        """[(code, score)] best first. Empty when nothing is near enough."""
        words = clean(query).split()
        if not words:
            return []
        whole = "".join(words)
        scores = self._score(whole)
        if len(words) > 1:
            parts = [self._score(word) for word in words]
            for owner in set().union(*parts):
                mean = sum(part.get(owner, 0.0) for part in parts) / len(parts)
                scores[owner] = max(scores.get(owner, 0.0), mean)
        best = max(scores.values(), default=0.0)
        near = [(self.codes[o], round(s, 4)) for o, s in scores.items() if s >= max(LEAST, KEEP * best)]
        return sorted(near, key=lambda pair: (-pair[1], pair[0]))

    def _score(self, whole: str) -> dict[int, float]:
        if re.fullmatch(r"[a-z0-9' ]+", whole):
            found = self._by_letters(whole.replace("'", ""))
            return found or self._by_near_letters(whole)
        scores = self._by_characters(whole)
        bare = FILLERS.sub("", whole)
        if bare and bare != whole:
            for owner, score in self._by_characters(bare).items():
                scores[owner] = max(scores.get(owner, 0.0), 0.97 * score)
        return scores

    def _by_characters(self, query: str) -> dict[int, float]:
        heard = [frozenset(options) for options in sounds(query)]
        loose = [_loosen(options) for options in heard]
        places: set[int] = set()
        for char in set(query):
            places |= self.by_char.get(char, set())
        for options in loose if len(query) > 1 else []:
            for sound in options:
                places |= self.by_sound.get(sound, set())
        gathered: dict[int, list[float]] = defaultdict(list)
        for place in places:
            term = self.terms[place]
            score = max(_alike(query, term.text), _sound_alike(heard, loose, term)) * term.weight
            if score > 0:
                gathered[term.owner].append(score)
        return {owner: _together(found) for owner, found in gathered.items()}

    def _by_letters(self, query: str) -> dict[int, float]:
        gathered: dict[int, list[float]] = defaultdict(list)
        for term in self.terms:
            score = _spelled(query, term)
            if score:
                gathered[term.owner].append(score * term.weight)
        return {owner: _together(found) for owner, found in gathered.items()}

    def _by_near_letters(self, query: str) -> dict[int, float]:
        gathered: dict[int, list[float]] = defaultdict(list)
        if len(query) < 4:
            return {}
        for term in self.terms:
            for full in term.full[:2]:
                if abs(len(full) - len(query)) <= 2 and full[0] == query[0]:
                    ratio = SequenceMatcher(None, query, full).ratio()
                    if ratio >= 0.8:
                        gathered[term.owner].append(0.7 * ratio * term.weight)
        return {owner: _together(found) for owner, found in gathered.items()}

    def near(self, query: str, count: int = 2) -> list[str]:
        """Known words nearest to one that found nothing, for "did you mean"."""
        whole = "".join(clean(query).split())
        strong = {term.text: term for term in self.terms if term.weight == 1.0}
        if re.fullmatch(r"[a-z0-9]+", whole):
            spelled = {term.full[0]: text for text, term in strong.items() if term.full}
            return [spelled[hit] for hit in get_close_matches(whole, list(spelled), count, 0.5)]
        said = "".join(options[0] for options in sounds(whole))
        spelled = {term.full[0]: text for text, term in strong.items() if term.full}
        by_sound = [spelled[hit] for hit in get_close_matches(said, list(spelled), count, 0.55)]
        by_sight = get_close_matches(whole, list(strong), count, 0.3)
        return list(dict.fromkeys([*by_sight, *by_sound]))[:count]


def _term(text: str, weight: float, owner: int, readings: list[list[str]]) -> Term:
    first = [options[0] for options in readings]
    spellings = [first]
    for place, options in enumerate(readings):
        for other in options[1:]:
            if len(spellings) < 6:
                spellings.append([*first[:place], other, *first[place + 1 :]])
    starts = range(len(first))
    full = tuple(dict.fromkeys("".join(s[start:]) for s in spellings for start in starts))
    initials = tuple(dict.fromkeys("".join(sound[0] for sound in s) for s in spellings))
    return Term(
        text=text,
        weight=weight,
        owner=owner,
        readings=tuple(frozenset(options) for options in readings),
        loose=tuple(_loosen(options) for options in readings),
        full=full,
        initials=initials,
    )


def _loosen(options: Iterable[str]) -> frozenset[str]:
    """Readings with what many speakers do not tell apart made equal: zh z, ch c, sh s, -ng -n."""
    return frozenset(_loose(option) for option in options)


def _loose(sound: str) -> str:
    for one, other in SOUNDS_ALIKE:
        sound = sound.replace(one, other)
    return sound


def _alike(query: str, text: str) -> float:
    """How well a phrase answers the query by its characters, 0 to 1."""
    if query == text:
        return 1.0
    if query in text:
        return 0.62 + 0.33 * len(query) / len(text) if len(query) > 1 else 0.3 + 0.3 / len(text)
    if text in query:
        return 0.5 + 0.42 * len(text) / len(query) if len(text) > 1 else 0.0
    mine, theirs = _pairs(query), _pairs(text)
    shared = len(mine & theirs)
    by_pairs = 0.62 * 2 * shared / (len(mine) + len(theirs)) if shared else 0.0
    covered = 0.58 * shared / len(mine) if shared else 0.0
    in_order = 0.55 if len(query) >= 3 and _in_order(query, text) and len(text) <= 3 * len(query) else 0.0
    return max(by_pairs, covered, in_order)


def _pairs(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1)} or {text}


def _in_order(query: str, text: str) -> bool:
    rest = iter(text)
    return all(char in rest for char in query)


def _sound_alike(heard: list[frozenset[str]], loose: list[frozenset[str]], term: Term) -> float:
    """A homophone is worth less than the right characters: 结昏 still finds 结婚."""
    size, length = len(heard), len(term.readings)
    if size < 2 or length < size or length > size + 6:
        return 0.0
    best = 0.0
    for start in range(length - size + 1):
        window = range(start, start + size)
        if all(heard[n - start] & term.readings[n] for n in window):
            best = max(best, 0.84 if size == length else 0.6)
        elif all(loose[n - start] & term.loose[n] for n in window):
            best = max(best, 0.74 if size == length else 0.5)
        elif size >= 3 and sum(bool(heard[n - start] & term.readings[n]) for n in window) == size - 1:
            best = max(best, 0.5 if size == length else 0.38)
    return best


def _spelled(query: str, term: Term) -> float:
    if query == term.text:
        return 1.0
    if len(query) >= 2 and query in term.text:
        return 0.8
    if query in term.initials:
        return 0.96 if len(query) > 2 else 0.8
    for full in term.full:
        if full == query:
            return 1.0 if full == term.full[0] else 0.75
        if len(query) >= 3 and full.startswith(query):
            return 0.6 + 0.3 * len(query) / len(full)
    starting = any(letters.startswith(query) for letters in term.initials)
    return 0.5 if len(query) >= 3 and starting else 0.0


def _together(scores: list[float]) -> float:
    """The best phrase decides; others that agree lift it a little, so that ties go to the richer match."""
    ranked = sorted(scores, reverse=True)
    return ranked[0] + 0.04 * sum(ranked[1:4])
