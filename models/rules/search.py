"""Finding an item by everyday words, by pinyin (kaifandian, kfd), and in spite of a wrong letter or homophone (R16).

Pure. `terms` is computed at load and stored as text in the `search` column; `Index` is built from it in memory.
Ranking is deterministic: score, then code.
"""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from typing import Any

from models.rules.pinyin import sounds

LONGEST = 60
FILLERS = re.compile(
    r"我想要|我想|我要|想要|怎么样|怎么|怎样|如何|请问|在哪里|哪里|去哪里|去哪|在哪|要去|办理|申请|申领|一下|需要|什么|材料"
    r"|手续|多久|可以|能不能|能否|帮我|给我|一个|是不是|流程|的|了|吗|呢|呀|啊"
)
SOUNDS_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
KEEP = 0.42  # a result must be this near to the best one
MOST_INITIALS = 8
LEAST = 0.3  # and at least this good in itself


def clean(text: str) -> str:
    """What was typed or said, without signs and spaces at the ends, in one width and case; at most 60 characters."""
    folded = unicodedata.normalize("NFKC", text[:200]).lower()
    return re.sub(r"[^\w\s]|_", " ", folded).strip()[:LONGEST]


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
    pairs: frozenset[str]
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
    by_initials: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    spelt: list[tuple[str, int]] = field(default_factory=list)
    latin: set[int] = field(default_factory=set)

    @classmethod
    def build(cls, entries: Iterable[tuple[str, str]]) -> Index:
        """From (code, search text) pairs."""
        index = cls()
        for code, text in entries:
            owner = len(index.codes)
            index.codes.append(code)
            for words, weight, readings in json.loads(text):
                index._add(_term(words, float(weight), owner, readings))
        index.spelt.sort()
        return index

    def _add(self, term: Term) -> None:
        place = len(self.terms)
        self.terms.append(term)
        for char in set(term.text):
            self.by_char[char].add(place)
        for options in term.loose:
            for sound in options:
                self.by_sound[sound].add(place)
        self.spelt += [(full, place) for full in term.full]
        for letters in term.initials:
            for start in range(len(letters)):
                for end in range(start + 2, min(start + MOST_INITIALS, len(letters)) + 1):
                    self.by_initials[letters[start:end]].add(place)
        if re.search(r"[a-z0-9]{2}", term.text):
            self.latin.add(place)

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
        mine = _pairs(query)
        seen = Counter(place for char in set(query) for place in self.by_char.get(char, ()))
        size = len(query)
        least = 1 if size < 4 else 2
        best: dict[int, float] = {}
        for place, count in seen.items():
            term = self.terms[place]
            if count >= least or len(term.text) < 3:
                best[place] = _alike(query, mine, term)
        if size > 1:
            sounding = Counter(place for options in loose for place in self._with_sound(options))
            for place, count in sounding.items():
                if count >= max(2, size - 1):
                    score = _sound_alike(heard, loose, self.terms[place])
                    best[place] = max(score, best.get(place, 0.0))
        gathered: dict[int, list[float]] = defaultdict(list)
        for place, score in best.items():
            if score > 0:
                gathered[self.terms[place].owner].append(score * self.terms[place].weight)
        return {owner: _together(found) for owner, found in gathered.items()}

    def _with_sound(self, options: frozenset[str]) -> set[int]:
        """Phrases with a character of this sound."""
        return set().union(*(self.by_sound.get(sound, set()) for sound in options))

    def _by_letters(self, query: str) -> dict[int, float]:
        first = bisect_left(self.spelt, (query, -1))
        last = bisect_left(self.spelt, (query + "{", -1))  # "{" comes right after "z"
        places = {place for _, place in self.spelt[first:last]} | self.latin | self.by_initials.get(query, set())
        gathered: dict[int, list[float]] = defaultdict(list)
        for place in places:
            score = _spelled(query, self.terms[place])
            if score:
                gathered[self.terms[place].owner].append(score * self.terms[place].weight)
        return {owner: _together(found) for owner, found in gathered.items()}

    def _by_near_letters(self, query: str) -> dict[int, float]:
        """A letter too many, missing or swapped; the first one is usually right."""
        gathered: dict[int, list[float]] = defaultdict(list)
        if len(query) < 4:
            return {}
        first, last = bisect_left(self.spelt, (query[0], -1)), bisect_left(self.spelt, (query[0] + "{", -1))
        for full, place in self.spelt[first:last]:
            if abs(len(full) - len(query)) <= 2 and full == self.terms[place].full[0]:
                matcher = SequenceMatcher(None, full, query)
                if matcher.real_quick_ratio() >= 0.8 and matcher.quick_ratio() >= 0.8 and matcher.ratio() >= 0.8:
                    gathered[self.terms[place].owner].append(0.7 * matcher.ratio() * self.terms[place].weight)
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
        pairs=_pairs(text),
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


def _alike(query: str, mine: frozenset[str], term: Term) -> float:
    """How well a phrase answers the query by its characters, 0 to 1."""
    text = term.text
    if query == text:
        return 1.0
    if query in text:
        return 0.62 + 0.33 * len(query) / len(text) if len(query) > 1 else 0.3 + 0.3 / len(text)
    if text in query:
        return 0.5 + 0.42 * len(text) / len(query) if len(text) > 1 else 0.0
    shared = len(mine & term.pairs)
    by_pairs = 0.62 * 2 * shared / (len(mine) + len(term.pairs)) if shared else 0.0
    covered = 0.58 * shared / len(mine) if shared else 0.0
    in_order = 0.55 if len(query) >= 3 and _in_order(query, text) and len(text) <= 3 * len(query) else 0.0
    return max(by_pairs, covered, in_order)


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[n : n + 2] for n in range(len(text) - 1)) or frozenset((text,))


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
