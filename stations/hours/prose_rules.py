"""The grammar of Chinese opening hours: which words say when, and what of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from stations.hours.prose_dates import Dates, begins_dates, read_dates
from stations.hours.prose_times import Span, begins_time, read_span
from stations.hours.prose_tokens import NotReadError, Token, is_ranged, skip

EVERY_DAY = frozenset(range(7))
WORKING = frozenset(range(5))
WEEKEND = frozenset({5, 6})
SHORT_DAYS = 27  # dates of less than a month are an exception, longer ones a season
_NEVER = ("不", "关闭", "停止")  # 休息 alone may be said of today
OPEN, OFF, USUAL, LIKEWISE = "open", "off", "usual", "likewise"

_SELECTS = frozenset(
    {"days", "workdays", "non_workdays", "weekend", "holidays", "school", "every_day", "no_rest", "nth"}
)
_PASSED = frozenset({"passed", "left", "right", "comma", "stop"})
_DATE_WORDS = frozenset({"date", "number", "range", "month_day", "next_year", "dotted", "slashed"})
_TIMES = frozenset({"clock", "dotted", "compact", "all_day", "midnight", "sunrise", "sunset", "number", "next_day"})


@dataclass(frozen=True, slots=True)
class Days:
    """Which days a rule is for; nothing named means every day.

    `named` are weekdays (0 = Monday). `others` are the days that no other rule names. `whole` marks words that end
    a list of days (周一至周五, 工作日, 每天): what stands behind them without 、 begins something new.
    """

    first: int
    last: int
    named: frozenset[int] = frozenset()
    nth: tuple[tuple[int, ...], ...] = ()
    every: bool = False
    no_rest: bool = False
    work: bool = False
    holidays: bool = False
    school: bool = False
    others: str = ""
    whole: bool = False


@dataclass(slots=True)
class Rule:
    """One thing that the text says: on `days`, within `season` or `dates`, the door is as `state` says.

    `state` is open (in `spans`), off, usual (as on other days) or likewise (open, at hours not said). `inherited`
    tells that the season (at `season_at`) was named before an earlier rule; `on_holidays` that an off rule does not
    hold on holidays.
    """

    days: Days | None
    state: str
    first: int
    last: int
    spans: list[Span] = field(default_factory=list)
    breaks: list[Span] = field(default_factory=list)
    season: str = ""
    dates: Dates | None = None
    season_at: tuple[int, int] = (0, 0)
    inherited: bool = False
    on_holidays: bool = False


@dataclass(frozen=True, slots=True)
class _Scope:
    season: str = ""
    dates: Dates | None = None
    first: int = 0
    last: int = 0


class RuleReader:
    """Reads the rules of one text, token by token; what cannot be told for sure raises `NotReadError`."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self.rules: list[Rule] = []
        self.follows: bool | None = None
        self._groups: list[Days] = []
        self._scope = _Scope()
        self._fresh = False
        self._before: _Scope = _Scope()
        self._sticky_days: Days | None = None
        self._current: Rule | None = None
        self._gap = ""

    def read(self) -> list[Rule]:
        """Return the rules in the order of the text."""
        while self._place < len(self._tokens):
            self._step(self._tokens[self._place])
        self._settle_rest()
        return self.rules

    def _step(self, token: Token) -> None:
        kind = token.kind
        if kind in _SELECTS or kind in {"others", "ordinarily"}:
            self._select(token)
        elif kind == "season" or begins_dates(self._tokens, self._place):
            self._read_scope()
        elif kind == "break":
            self._read_break()
        elif kind in _TIMES or kind.startswith("period_"):
            self._read_times()
        elif kind in {"off", "except_after"}:
            self._close(token)
        elif kind in {"usual", "open"}:
            self._leave(token)
        elif kind == "except_before":
            self._read_exception(token)
        elif kind in {"makeup", "follows"}:
            self._read_makeup(token)
        elif kind in {"festival", "fixed_festival"}:
            self._pass_festival(token)
        elif kind in {"passed", "from", "list"} or kind in _PASSED:
            self._separate(token)
        else:
            raise NotReadError(token.start, token.end)

    def _separate(self, token: Token) -> None:
        order = ("", "passed", "list", "comma", "stop", "left", "right")
        kind = "passed" if token.kind == "from" or token.word.strip(" ") == "" else token.kind
        if kind == "passed" and token.word == " ":
            kind = ""
        if order.index(kind) > order.index(self._gap):
            self._gap = kind
        self._place += 1
        if token.kind == "left":
            self._attach_remark()

    def _attach_remark(self) -> None:
        """Take days or dates in brackets behind hours, 8:00-12:00（周一至周五）, for those of the hours."""
        rule = self._current
        if rule is None or self._groups or self._fresh:
            return
        behind = next(
            (n for n in range(self._place, len(self._tokens)) if self._tokens[n].kind == "right"), self._place
        )
        held = self._tokens[self._place : behind]
        kinds = {token.kind for token in held} - {"list", "passed"}
        if kinds and kinds <= _SELECTS and rule.days is None:
            rule.days = _merge([days for token in held if (days := _days_of(token)) is not None])
            self._place, self._current = behind, None
        elif kinds and kinds <= _DATE_WORDS | {"season"} and not rule.season and rule.dates is None:
            self._read_scope()
            rule.season, rule.dates = self._scope.season, self._scope.dates
            rule.season_at = self._scope.first, self._scope.last
            self._scope, self._fresh, self._current = self._before, False, None
        elif kinds and kinds <= _DATE_WORDS and rule.season and rule.dates is None:
            rule.dates, self._place = read_dates(self._tokens, self._place, loose=True)
            self._scope = replace(self._scope, dates=rule.dates)

    def _select(self, token: Token) -> None:
        days = _days_of(token)
        if days is None:
            raise NotReadError(token.start, token.end)
        if not self._groups:
            self._current = None
            self._groups = [days]
        else:
            self._add_to_groups(days)
        self._gap = ""
        self._place += 1

    def _add_to_groups(self, days: Days) -> None:
        last = self._groups[-1]
        listed = self._gap == "list" or (self._gap in {"", "comma", "passed"} and not last.whole)
        same = bool(_weekdays(last)) and _weekdays(last) == _weekdays(days) and not (last.holidays or days.holidays)
        explained = (
            last.work != days.work and last.named | days.named <= WORKING and self._gap in {"", "passed", "left"}
        )
        if same or (explained and last.named and days.named):
            # 工作日（周一至周四）: the days that are written out count
            self._groups[-1] = replace(_merge([last, days]), named=days.named if last.work else last.named)
        elif listed:
            self._groups[-1] = _merge([last, days])
        else:
            self._groups.append(days)

    def _read_scope(self) -> None:
        """Read a season, its dates, or both; they hold until others are named."""
        token = self._tokens[self._place]
        if not self._fresh:
            self._before = self._scope
            self._scope = _Scope(first=token.start, last=token.end)
            self._current, self._fresh = None, True
            if self._groups:
                self._sticky_days = _merge(self._groups)
            elif not self.rules or self.rules[-1].days != self._sticky_days:
                self._sticky_days = None
        if token.kind == "season":
            if self._scope.season:
                raise NotReadError(token.start, token.end)
            self._scope = replace(self._scope, season=token.word, last=token.end)
            self._place += 1
            self._read_season_dates()
            return
        if self._scope.dates is not None:
            raise NotReadError(token.start, token.end)
        dates, self._place = read_dates(self._tokens, self._place)
        self._scope = replace(self._scope, dates=dates, last=self._tokens[self._place - 1].end)
        self._gap = ""

    def _read_season_dates(self) -> None:
        place = skip(self._tokens, self._place, frozenset({"passed", "left"}))
        bracket = any(token.kind == "left" for token in self._tokens[self._place : place])
        if place >= len(self._tokens):
            return
        kind = self._tokens[place].kind
        if begins_dates(self._tokens, place) or (bracket and kind in {"dotted", "slashed"}):
            dates, self._place = read_dates(self._tokens, place, loose=bracket)
            self._scope = replace(self._scope, dates=dates, last=self._tokens[self._place - 1].end)
            self._gap = ""

    def _rule(self, days: Days | None, state: str, token: Token) -> Rule:
        first = days.first if days else token.start
        rule = Rule(days, state, first, token.end, season=self._scope.season, dates=self._scope.dates)
        rule.season_at, rule.inherited = (self._scope.first, self._scope.last), not self._fresh
        return rule

    def _read_times(self) -> None:
        token = self._tokens[self._place]
        if token.kind.startswith("period_") and not begins_time(self._tokens, self._place + 1):
            raise NotReadError(token.start, token.end)
        span, self._place = read_span(self._tokens, self._place)
        behind = skip(self._tokens, self._place, frozenset({"passed", "right"}))
        if token.kind == "period_noon" and behind < len(self._tokens) and self._tokens[behind].kind == "off":
            self._place = behind + 1
            self._take_break(span)
            return
        self._open(span)
        self._gap = ""

    def _open(self, span: Span) -> None:
        """Put `span` to the rule it belongs to: the days just named, the season just named, or the rule before."""
        if self._groups:
            self._begin(self._join_groups(), span)
        elif self._fresh:
            self._begin(self._sticky_days, span)
        elif self._current is None:
            self._begin(None, span)
        else:
            same = any((one.start, one.end) == (span.start, span.end) for one in self._current.spans)
            self._current.spans += [] if same else [span]  # 全天（0:00-24:00）
            self._current.last = span.last

    def _begin(self, days: Days | None, span: Span) -> None:
        scope = self._scope
        first = days.first if days else span.first
        rule = Rule(days, OPEN, first, span.last, [span])
        rule.season, rule.dates, rule.season_at = scope.season, scope.dates, (scope.first, scope.last)
        rule.inherited = not self._fresh
        if self._fresh and days is None:
            rule.first = min(scope.first, rule.first)
        self.rules.append(rule)
        self._current, self._fresh, self._groups = rule, False, []

    def _join_groups(self) -> Days:
        """Return the days named, as one; those of an earlier comma may belong to the hours before them."""
        bare = self.rules[-1] if self.rules else None
        if len(self._groups) > 1 and bare is not None and bare.state == OPEN and bare.days is None and not self._fresh:
            bare.days = _merge(self._groups[:-1])
            return self._groups[-1]
        return _merge(self._groups)

    def _close(self, token: Token) -> None:
        self._place += 1
        gap, self._gap = self._gap, ""
        if self._groups:
            days = self._groups.pop()
            self._add_off(days, token, gap)
        elif self._fresh:
            rule = self._rule(None, OFF, token)
            rule.first = self._scope.first
            self.rules.append(rule)
            self._scope, self._fresh = self._before, False
        elif self._current is not None and token.kind == "off":
            self._take_break(self._pop_inner(token))
        elif self.rules and self.rules[-1].state == OFF and gap in {"", "list", "passed"}:
            return
        elif not self.rules and token.word.startswith(_NEVER) and self._tokens_of_weight() == 1:
            self.rules.append(self._rule(None, OFF, token))
        else:
            raise NotReadError(token.start, token.end)

    def _tokens_of_weight(self) -> int:
        return sum(one.kind not in _PASSED for one in self._tokens)

    def _add_off(self, days: Days, token: Token, gap: str) -> None:
        before = self.rules[-1] if self.rules else None
        if token.kind == "except_after" and before is not None and before.state == OFF and self._current is None:
            self._except_from_off(days, token, before)
            return
        if days.others:
            self._current = None
            return  # 其他时间休息 says nothing new
        dated = self._fresh and not self._scope.season
        if dated and not (self._scope.dates and len(self._scope.dates.days) > SHORT_DAYS and self.rules):
            raise NotReadError(min(self._scope.first, days.first), token.end)  # 周日、10月1日休息: both, or one within?
        self.rules.append(self._rule(days, OFF, token))
        self._current = None
        if dated:
            self._scope, self._fresh = self._before, False

    def _times_at_once(self) -> bool:
        place = skip(self._tokens, self._place, frozenset({"passed", "left"}))
        return (
            place < len(self._tokens) and self._tokens[place].kind not in _PASSED and begins_time(self._tokens, place)
        )

    def _opens_next(self) -> bool:
        place = skip(self._tokens, self._place, _PASSED)
        return place < len(self._tokens) and begins_time(self._tokens, place)

    def _except_from_off(self, days: Days, token: Token, before: Rule) -> None:
        """Read 周一闭馆（节假日除外）: in brackets it lifts what is before, else only 工作日 tells what it means."""
        inside = any(one.kind == "left" for one in self._tokens if before.last <= one.start < days.first)
        if inside and days.holidays and not days.named and before.days is not None and before.days.named:
            before.on_holidays = True
        elif not inside and any(rule.days is not None and rule.days.work for rule in self.rules if rule.state == OPEN):
            self.rules.append(self._rule(days, OFF, token))
        else:
            raise NotReadError(days.first, token.end)

    def _pop_inner(self, token: Token) -> Span:
        """Take back the last span where it is a break: it lies inside one before it."""
        rule = self._current
        if rule is None or len(rule.spans) < 2:
            raise NotReadError(rule.first if rule else token.start, token.end)
        inner = rule.spans[-1]
        if not _inside(inner, rule.spans[-2]):
            raise NotReadError(rule.first, token.end)
        return rule.spans.pop()

    def _take_break(self, span: Span) -> None:
        rule = self._current
        if self._groups or self._fresh or rule is None:
            raise NotReadError(span.first, span.last)
        rule.breaks.append(span)

    def _read_break(self) -> None:
        """Read 午休12:00-14:00, or 12:00-14:00午休."""
        token = self._tokens[self._place]
        self._place += 1
        if begins_time(self._tokens, self._place):
            span, self._place = read_span(self._tokens, skip(self._tokens, self._place, _PASSED))
        elif self._current is not None and _rests_at_noon(self._current.spans):
            return  # 8:30-12:00，14:00-17:30，中午休息
        elif self._current is not None and self._gap in {"", "left", "passed"}:
            span = self._pop_inner(token)
        else:
            raise NotReadError(token.start, token.end)
        self._take_break(span)

    def _leave(self, token: Token) -> None:
        """Read 照常 or 开放: nothing new, but on days that would else be closed."""
        self._place += 1
        if not self._groups or (token.kind == "open" and self._opens_next()):
            return
        if token.word.startswith(("正常", "照常")) and self._times_at_once():
            return
        days = self._groups.pop()
        if days.others:
            raise NotReadError(days.first, token.end)
        before = self.rules[-1] if self.rules else None
        if before is not None and before.state == OFF and self._current is None and days.holidays and not days.named:
            # 周一闭馆（节假日照常）; without brackets: does the Monday that is a holiday count as one or the other?
            if any(rule.state == OPEN and rule.days is not None and rule.days.work for rule in self.rules):
                raise NotReadError(days.first, token.end)
            self._except_from_off(days, token, before)
            return
        self.rules.append(self._rule(days, USUAL if token.kind == "usual" else LIKEWISE, token))
        self._current = None
        self._gap = ""

    def _read_exception(self, token: Token) -> None:
        """Read 除周一外, or 不含节假日."""
        place = skip(self._tokens, self._place + 1, frozenset({"passed"}))
        held: list[Days] = []
        while place < len(self._tokens):
            one = self._tokens[place]
            if one.kind == "makeup":
                self._tell_follows(value=False, token=one)
            elif one.kind in _SELECTS and (days := _days_of(one)) is not None:
                held.append(days)
            elif one.kind not in {"list", "passed"}:
                break
            place += 1
        made_up = any(one.kind == "makeup" for one in self._tokens[self._place : place])
        if not held and not made_up:
            raise NotReadError(token.start, self._tokens[min(place, len(self._tokens) - 1)].end)
        if place < len(self._tokens) and self._tokens[place].kind == "except_after":
            place += 1
        if held:
            self.rules.append(self._rule(_merge(held), OFF, self._tokens[place - 1]))
        self._place = place

    def _read_makeup(self, token: Token) -> None:
        """Read 调休上班日照常 or 调休不开."""
        self._place += 1
        if token.kind == "follows":
            self._tell_follows(value=True, token=token)
            return
        if self._groups and self._groups[-1].named == WEEKEND and self._gap == "":
            self._groups.pop()
        place = skip(self._tokens, self._place, frozenset({"passed"}))
        kind = self._tokens[place].kind if place < len(self._tokens) else ""
        if kind not in {"usual", "open", "off", "except_after"}:
            raise NotReadError(token.start, token.end)
        # 周末休息，调休上班日除外: they are lifted from the days that are closed.
        lifted = kind == "except_after" and bool(self.rules) and self.rules[-1].state == OFF and self._current is None
        self._tell_follows(value=lifted or kind in {"usual", "open"}, token=token)
        self._place = place + 1
        self._gap = ""

    def _tell_follows(self, *, value: bool, token: Token) -> None:
        if self.follows is not None and self.follows is not value:
            raise NotReadError(token.start, token.end)
        self.follows = value

    def _pass_festival(self, token: Token) -> None:
        """Pass over 国庆 where its dates follow, and over any festival that is 照常."""
        place = skip(self._tokens, self._place + 1, frozenset({"passed", "left"}))
        dated = place < len(self._tokens) and begins_dates(self._tokens, place) and token.kind == "fixed_festival"
        kinds = frozenset({"passed", "list", "festival", "fixed_festival", "holidays"})
        after = skip(self._tokens, self._place, kinds)
        as_usual = after < len(self._tokens) and self._tokens[after].kind == "usual"
        if not dated and not as_usual:
            raise NotReadError(token.start, token.end)
        if dated:
            self._place = place
            return
        self.rules.append(self._rule(Days(token.start, token.end, holidays=True), USUAL, self._tokens[after]))
        self._place = after + 1

    def _settle_rest(self) -> None:
        """Give days that stand last, behind their hours, to the hours; only where nothing else could be meant."""
        opened = [rule for rule in self.rules if rule.state == OPEN]
        if self._groups:
            self._give_back(_merge(self._groups), opened)
        if self._fresh:
            if len(opened) != 1 or opened[0].dates or opened[0].season or self._scope.dates is None:
                raise NotReadError(self._scope.first, self._scope.last)
            opened[0].dates, opened[0].season = self._scope.dates, self._scope.season

    def _give_back(self, days: Days, opened: list[Rule]) -> None:
        if days.others or not opened:
            raise NotReadError(days.first, days.last)
        if days.every and not days.named and not days.holidays and not days.nth:
            self.rules.append(Rule(days, USUAL, days.first, days.last))
        elif opened[0].days is not None or (len(opened) > 1 and len(opened) != len(self.rules)):
            raise NotReadError(days.first, days.last)
        else:
            following = [rule.days for rule in opened[1:]] + [days]
            for rule, named in zip(opened, following, strict=True):
                rule.days = named


def _days_of(token: Token) -> Days | None:
    at = Days(token.start, token.end)
    if token.kind == "days":
        return replace(at, named=frozenset(token.numbers), whole=is_ranged(token))
    made = {
        "workdays": replace(at, named=WORKING, work=True, whole=True),
        "non_workdays": replace(at, named=WEEKEND, holidays=True, work=True),
        "weekend": replace(at, named=WEEKEND),
        "holidays": replace(at, holidays=True),
        "school": replace(at, school=True),
        "every_day": replace(at, every=True, whole=True),
        "no_rest": replace(at, every=True, no_rest=True, whole=True),
        "nth": replace(at, nth=(token.numbers,)),
        "others": replace(at, others=token.word),
        "ordinarily": replace(at, others=token.word),
    }
    return made.get(token.kind)


def _merge(groups: Sequence[Days]) -> Days:
    return Days(
        min(one.first for one in groups),
        max(one.last for one in groups),
        frozenset().union(*(one.named for one in groups)),
        tuple(nth for one in groups for nth in one.nth),
        any(one.every for one in groups),
        any(one.no_rest for one in groups),
        any(one.work for one in groups),
        any(one.holidays for one in groups),
        any(one.school for one in groups),
        "".join(one.others for one in groups),
        groups[-1].whole,
    )


def _weekdays(days: Days) -> frozenset[int]:
    return days.named or (EVERY_DAY if days.every else frozenset())


def _rests_at_noon(spans: Sequence[Span]) -> bool:
    """Whether hours that are written in two leave a gap at noon."""
    return any(
        isinstance(one.end, int) and isinstance(other.start, int) and 11 * 60 <= one.end < other.start <= 15 * 60
        for one, other in pairwise(spans)
    )


def _inside(inner: Span, outer: Span) -> bool:
    ends = (outer.start, inner.start, inner.end, outer.end)
    minutes = [end for end in ends if isinstance(end, int)]
    return len(minutes) == 4 and minutes == sorted(minutes) and inner != outer
