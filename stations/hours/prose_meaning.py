"""What the rules of a Chinese text mean together, written in OSM syntax; contradictions are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from stations.hours.expression import DAY_MIN, WEEKDAYS
from stations.hours.prose_dates import YEAR_DAYS, Dates, write_dates
from stations.hours.prose_rules import EVERY_DAY, LIKEWISE, OFF, OPEN, SHORT_DAYS, USUAL, WEEKEND, Days, Rule
from stations.hours.prose_times import Span
from stations.hours.prose_tokens import NotReadError, season_quarters

_YEAR = frozenset(range(YEAR_DAYS))
_PARTITIONS = ("summer winter", "spring summer autumn winter")
# 平日 may mean Monday to Friday or every day: taken only where the text tells the weekend apart.
_WEEKDAY_WORDS = frozenset({"平日"})


@dataclass(frozen=True, slots=True)
class _Line:
    """One rule to be written: for weekdays, nth weekdays, holidays or school holidays within dates."""

    rule: Rule
    weekdays: frozenset[int]
    spans: tuple[Span, ...]


def write_rules(rules: Sequence[Rule]) -> str:
    """Return `rules` in OSM syntax.

    Weekly rules come first, the general before the special, then seasons, numbered weekdays, public holidays, single
    dates and school holidays: each overrides those before it.

    Raises
    ------
    NotReadError
        The rules contradict each other, or leave open what they mean.
    """
    if (
        [rule.state for rule in rules] == [OFF]
        and rules[0].days is None
        and rules[0].dates is None
        and not rules[0].season
    ):
        return "off"
    _check_that_it_opens(rules)
    _name_other_days(rules)
    _date_seasons(rules)
    _check_breaks(rules)
    _free_trailing_rules(rules)
    _check_seasons(rules)
    rules = _settle_usual(rules)
    _check_weeks(rules)
    return _write(rules)


def _check_that_it_opens(rules: Sequence[Rule]) -> None:
    opened = [rule for rule in rules if rule.state == OPEN]
    # 节假日正常营业9:00-17:00 says nothing of other days; 节假日9:00-17:00 alone is for holidays.
    unsaid = any(rule.state in {USUAL, LIKEWISE} for rule in rules)
    if not opened or (unsaid and all(_only_holidays(rule) for rule in opened)):
        raise NotReadError(
            min((rule.first for rule in rules), default=0), max((rule.last for rule in rules), default=0)
        )


def _check_breaks(rules: Sequence[Rule]) -> None:
    """Refuse a break behind the last of several hours where it may belong to those before as well."""
    opened = [rule for rule in rules if rule.state == OPEN]
    for gap in opened[-1].breaks:
        for rule in opened[:-1]:
            if (
                any(len(_without(span, gap)) != 1 or _without(span, gap)[0] != span for span in rule.spans)
                and not rule.breaks
            ):
                raise NotReadError(gap.first, gap.last)


def _refuse(rule: Rule) -> NotReadError:
    return NotReadError(rule.first, rule.last)


def _name_other_days(rules: Sequence[Rule]) -> None:
    """Give 其余时间 the weekdays that no other rule names; 平时 is what holds where nothing else is said."""
    for rule in rules:
        if rule.days is None or not rule.days.others:
            continue
        told = [one.days for one in rules if one is not rule and one.days is not None and not one.days.every]
        named = frozenset[int]().union(*(days.named for days in told))
        if not told or rule.days.named or (rule.days.others in _WEEKDAY_WORDS and not named >= WEEKEND):
            raise _refuse(rule)
        if rule.days.others.endswith("时间") and any(span.whole_day for span in rule.spans):
            raise _refuse(rule)  # 其余时间24小时: the nights of the days before, or other days?
        # What is no 工作日 is a weekend or a holiday.
        holidays = any(days.work for days in told) and not any(days.holidays for days in told)
        rule.days = replace(rule.days, named=EVERY_DAY - named, every=named == frozenset(), holidays=holidays)


def _date_seasons(rules: Sequence[Rule]) -> None:
    """Give every season its dates: those written with it, or what the others leave of the year."""
    seasons = dict.fromkeys(frozenset(season_quarters(rule.season)) for rule in rules if rule.season)
    dated: dict[frozenset[str], Dates] = {}
    for rule in rules:
        if rule.season and rule.dates is not None:
            quarters = season_quarters(rule.season)
            if rule.dates.years or dated.setdefault(quarters, rule.dates) != rule.dates:
                raise NotReadError(*rule.season_at)
    undated = [quarters for quarters in seasons if quarters not in dated]
    if not undated:
        _fill(rules, dated)
        return
    first = next(rule for rule in rules if rule.season and season_quarters(rule.season) == undated[0])
    whole = " ".join(sorted(quarter for quarters in seasons for quarter in quarters))
    parts = {" ".join(sorted(partition.split())) for partition in _PARTITIONS}
    if whole not in parts:
        raise NotReadError(*first.season_at)
    if len(undated) > 1:
        if not dated and _same_all_year(rules):
            return
        raise NotReadError(*first.season_at)
    taken = frozenset[int]().union(*(dates.days for dates in dated.values()))
    dated[undated[0]] = Dates(_YEAR - taken)
    _fill(rules, dated)


def _fill(rules: Sequence[Rule], dated: dict[frozenset[str], Dates]) -> None:
    for rule in rules:
        if rule.season:
            rule.dates = dated[season_quarters(rule.season)]


def _same_all_year(rules: Sequence[Rule]) -> bool:
    """Make one rule of two seasons whose border is not said, where they have the same hours; tell whether so."""
    seasonal = [rule for rule in rules if rule.season]
    first = seasonal[0]
    hours = [(span.start, span.end) for span in first.spans]
    for rule in seasonal[1:]:
        same_days = (rule.days is None) == (first.days is None) and (
            rule.days is None or first.days is None or rule.days.named == first.days.named
        )
        if rule.state != OPEN or rule.breaks or not same_days or [(one.start, one.end) for one in rule.spans] != hours:
            return False
    for rule in seasonal:
        rule.season = ""
        if rule is not first:
            rule.state = USUAL
    return True


def _free_trailing_rules(rules: Sequence[Rule]) -> None:
    """Let what follows the last season hold all year (节假日休息) where no season before has its like.

    Other hours on weekdays there may be of that season alone: refused.
    """
    for rule in rules:
        if rule.inherited and rule.dates is not None and _is_short(rule.dates):
            _free(rule)
    dated = [rule for rule in rules if rule.dates is not None and not _is_short(rule.dates) and rule.state == OPEN]
    if not dated:
        return
    last = dated[-1].dates
    if any(rule.inherited and rule.dates is not None and rule.dates != last for rule in rules):
        return
    alone = all(rule.dates == last for rule in rules if rule.state == OPEN)
    for rule in rules:
        if rule.inherited and rule.dates == last:
            if alone and rule.state == OPEN and not _only_holidays(rule):
                continue
            if (alone and rule.state == OPEN) or _may_be_of_season(rule, rules):
                raise _refuse(rule)
            _free(rule)


def _may_be_of_season(off: Rule, rules: Sequence[Rule]) -> bool:
    """Whether 周日休息 behind 8:00-20:00；5月-9月周一至周六8:00-21:00 may close the Sundays of that season only."""
    opened = [rule for rule in rules if rule.state == OPEN and _days_in(rule)]
    own = frozenset[int]().union(*(_days_in(rule) for rule in opened if rule.dates == off.dates))
    always = frozenset[int]().union(*(_days_in(rule) for rule in opened if rule.dates is None))
    return bool(_days_in(off) & always - own)


def _free(rule: Rule) -> None:
    if rule.state == OPEN and not _only_holidays(rule):
        raise _refuse(rule)
    rule.dates, rule.season = None, ""


def _check_seasons(rules: Sequence[Rule]) -> None:
    """Refuse seasons that overlap, that leave a part of the year unsaid, or that override all there is."""
    opened = [rule for rule in rules if rule.state == OPEN]
    always = [rule for rule in opened if rule.dates is None and _covers_week(rule)]
    weekly = [rule for rule in opened if rule.dates is None and not _only_holidays(rule)]
    seasonal = {rule.dates: rule for rule in opened if rule.dates is not None and not rule.dates.years}
    for one, other in combinations(seasonal, 2):
        if one.days & other.days and min(len(one.days), len(other.days)) > SHORT_DAYS:
            raise _refuse(seasonal[other])
    covered = frozenset[int]().union(*(dates.days for dates in seasonal))
    named = [rule for rule in opened if rule.season]
    if named and not weekly and covered != _YEAR:
        raise NotReadError(*named[0].season_at)
    if weekly and covered == _YEAR:
        raise _refuse(weekly[0])
    bare = [rule for dates, rule in seasonal.items() if rule.days is None and len(dates.days) > SHORT_DAYS]
    if bare and weekly and not always:
        raise _refuse(bare[0])  # 周一至周五8:30-17:30，冬季8:30-17:00: not on weekends, but it is not said
    if any(len(one.spans) < len(bare[-1].spans) for one in bare[:-1]):
        raise _refuse(bare[-1])  # 夏季8:00-12:00，冬季8:30-12:00，下午14:00-18:00: is the last of both?
    for dates, rule in seasonal.items():
        # 8:00-12:00，14:00-17:30（夏季14:30-18:00) leaves the morning as it was: that is not said in rules.
        fewer = any(len(base.spans) > len(rule.spans) for base in always)
        if fewer and rule.days is None and len(dates.days) > SHORT_DAYS:
            raise _refuse(rule)
    restricted = [
        rule for rule in opened if rule.dates in seasonal and not _covers_week(rule) and not _only_holidays(rule)
    ]
    if restricted and len(seasonal) > 1:
        for dates, rule in seasonal.items():
            theirs = [one for one in opened if one.dates == dates]
            if all(one.days is None for one in theirs) and len(dates.days) > SHORT_DAYS:
                raise _refuse(rule)


def _covers_week(rule: Rule) -> bool:
    return _days_in(rule) == EVERY_DAY


def _only_holidays(rule: Rule) -> bool:
    days = rule.days
    return days is not None and (days.holidays or days.school or bool(days.nth)) and not days.named and not days.every


def _days_in(rule: Rule) -> frozenset[int]:
    """Return the weekdays that a rule is for by their names."""
    days = rule.days
    if days is None:
        return EVERY_DAY
    if days.named:
        return days.named
    return EVERY_DAY if days.every else frozenset()


def _settle_usual(rules: Sequence[Rule]) -> list[Rule]:
    """Turn 照常 into what it adds: nothing, a further day of the only hours there are, or holidays among them."""
    settled = [rule for rule in rules if rule.state in {OPEN, OFF}]
    opened = [rule for rule in settled if rule.state == OPEN]
    works = any(rule.days is not None and rule.days.work for rule in opened)
    off_on_holidays = any(rule.state == OFF and rule.days is not None and rule.days.holidays for rule in rules)
    for rule in rules:
        if rule.state not in {USUAL, LIKEWISE} or rule.days is None:
            continue
        days = rule.days
        if days.no_rest and off_on_holidays:
            raise _refuse(rule)
        missing = _days_in(rule) - frozenset[int]().union(*(_days_in(one) for one in opened))
        if missing and not (days.every and not days.no_rest):
            _extend(opened, missing, rule)
        if days.holidays:
            closed = any(one.state == OFF and one.days is not None and one.days.named for one in settled)
            if closed and not days.named:
                raise _refuse(rule)  # a holiday on the weekday that is closed: open or not?
            if off_on_holidays or (works and (len(opened) > 1 or rule.state == LIKEWISE)):
                raise _refuse(rule)
            if works:
                settled.append(replace(opened[0], days=Days(rule.first, rule.last, holidays=True)))
    return settled + _holidays_of_workdays(settled, works=works)


def _extend(opened: list[Rule], missing: frozenset[int], rule: Rule) -> None:
    if len(opened) != 1 or rule.state == LIKEWISE or opened[0].days is None:
        raise _refuse(rule)
    opened[0].days = replace(opened[0].days, named=opened[0].days.named | missing)


def _holidays_of_workdays(rules: Sequence[Rule], *, works: bool) -> list[Rule]:
    """Close on holidays where 工作日 is all that is said of them; lift them from 周一闭馆（节假日除外）."""
    held = [rule for rule in rules if rule.days is not None and rule.days.holidays]
    lifted = [rule for rule in rules if rule.on_holidays]
    if lifted:
        opened = [rule for rule in rules if rule.state == OPEN]
        if held or len(opened) != 1 or opened[0].dates is not None or works:
            raise _refuse(lifted[0])
        return [replace(opened[0], days=Days(lifted[0].first, lifted[0].last, holidays=True))]
    if works and not held:
        return [Rule(Days(0, 0, holidays=True), OFF, 0, 0)]
    return []


def _check_weeks(rules: Sequence[Rule]) -> None:
    """Refuse rules of the same dates that contradict each other: only what is more special may override."""
    for number, other in enumerate(rules):
        for one in rules[:number]:
            if one.dates != other.dates:
                continue
            _check_pair(one, other)
    for kind in ("holidays", "school"):
        for dates in {rule.dates for rule in rules}:
            marked = [
                rule for rule in rules if rule.dates == dates and rule.days is not None and getattr(rule.days, kind)
            ]
            if len(marked) > 1 and len({(rule.state, _hours(rule)) for rule in marked}) > 1:
                raise _refuse(marked[-1])


def _hours(rule: Rule) -> tuple[tuple[int | str, int | str], ...]:
    return tuple((span.start, span.end) for span in rule.spans)


def _check_pair(one: Rule, other: Rule) -> None:
    days, others = _days_in(one), _days_in(other)
    if not days & others or (one.state, other.state) == (OFF, OFF):
        return
    if OFF in (one.state, other.state):
        off, opened = (days, others) if one.state == OFF else (others, days)
        if not off < opened:
            raise _refuse(other)
        return
    if days == others and one.days is not None and other.days is not None:
        return  # two spans of the same days, written apart; they are joined and checked when written
    if not (days < others or others < days) or other.days is None:
        raise _refuse(other)
    special, general = (one, other) if days < others else (other, one)
    starts = [span.start for span in special.spans]
    if len(general.spans) > len(starts) and all(isinstance(start, int) and start >= DAY_MIN // 2 for start in starts):
        raise _refuse(special)  # 周五14:00-16:00 after hours of morning and afternoon: is the morning left?


def _write(rules: Sequence[Rule]) -> str:
    lines = [_Line(rule, _days_in(rule), _spans_of(rule)) for rule in rules]
    parts = [
        _weekly([line for line in lines if line.rule.dates is None]),
        *_seasonal(lines),
        *_numbered(lines),
        *_marked(lines, "holidays", "PH"),
        *_dated(lines),
        *_marked(lines, "school", "SH"),
    ]
    text = "; ".join(part for part in parts if part)
    return "24/7" if text == "00:00-24:00" else text


def _spans_of(rule: Rule) -> tuple[Span, ...]:
    """Return the spans of a rule without its breaks, in order.

    Raises
    ------
    NotReadError
        They overlap, or stand in an order that makes an unmarked hour doubtful.
    """
    for one, other in pairwise(rule.spans):
        if _minute(other.start) < _minute(one.end) and (other.plain or _minute(other.end) > _minute(one.start)):
            raise NotReadError(other.first, other.last)
    spans = sorted(rule.spans, key=lambda span: _minute(span.start))
    for one, other in pairwise(spans):
        if _minute(other.start) < _minute(one.end):
            raise NotReadError(other.first, other.last)
    for gap in rule.breaks:
        spans = [piece for span in spans for piece in _without(span, gap)]
    if rule.state == OPEN and not spans:
        raise _refuse(rule)
    return tuple(spans)


def _minute(end: int | str) -> int:
    return {"sunrise": 6 * 60, "sunset": 18 * 60}[end] if isinstance(end, str) else end


def _without(span: Span, gap: Span) -> list[Span]:
    if _minute(gap.end) <= _minute(span.start) or _minute(span.end) <= _minute(gap.start):
        return [span]
    pieces = []
    if _minute(span.start) < _minute(gap.start):
        pieces.append(replace(span, end=gap.start))
    if _minute(gap.end) < _minute(span.end):
        pieces.append(replace(span, start=gap.end))
    return pieces


def _weekly(lines: Sequence[_Line], *, always: frozenset[int] = frozenset()) -> str:
    """Return the weekly rules of one scope, the general before the special; off only where it closes something.

    `always` are the weekdays that have hours all year.
    """
    by_days: dict[frozenset[int], list[Span]] = {}
    for line in lines:
        if line.weekdays and line.rule.state == OPEN:
            by_days.setdefault(line.weekdays, []).extend(line.spans)
    off = frozenset[int]().union(*(line.weekdays for line in lines if line.rule.state == OFF))
    off &= always.union(*by_days)
    if any(days <= off for days in by_days):
        off = frozenset()  # 周日休息 all year, but not in a season that names its Sunday
    written = []
    for days, spans in sorted(by_days.items(), key=lambda item: -len(item[0])):
        ordered = _spans_of(Rule(None, OPEN, spans[0].first, spans[-1].last, spans))
        written.append(_joined(_write_days(days), _write_spans(ordered)))
    if off:
        written.append(f"{_write_days(off)} off")
    return "; ".join(written)


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)


def _write_days(days: frozenset[int]) -> str:
    if days == EVERY_DAY:
        return ""
    parts: list[str] = []
    run: list[int] = []
    for day in range(8):
        if day in days:
            run.append(day)
        elif run:
            names = [WEEKDAYS[one] for one in run]
            parts += [f"{names[0]}-{names[-1]}"] if len(run) > 2 else names
            run = []
    return ",".join(parts)


def _write_spans(spans: Sequence[Span]) -> str:
    return ",".join(f"{_write_end(span.start)}-{_write_end(span.end)}" for span in spans)


def _write_end(end: int | str) -> str:
    return end if isinstance(end, str) else f"{end // 60:02}:{end % 60:02}"


def _is_short(dates: Dates) -> bool:
    return bool(dates.years) or len(dates.days) <= SHORT_DAYS


def _seasonal(lines: Sequence[_Line]) -> list[str]:
    seasons = dict.fromkeys(line.rule.dates for line in lines if line.rule.dates is not None)
    always_off = [line for line in lines if line.rule.dates is None and line.rule.state == OFF and line.weekdays]
    always = frozenset[int]().union(
        *(line.weekdays for line in lines if line.rule.dates is None and line.rule.state == OPEN)
    )
    parts = []
    for dates in seasons:
        if dates is not None and not _is_short(dates):
            within = [line for line in lines if line.rule.dates == dates]
            if any(line.rule.state == OPEN and line.weekdays for line in within):
                within += always_off
            parts += _prefixed(dates, _weekly(within, always=always) or _off_rules(within))
            parts += [
                part for mark in (("holidays", "PH"), ("school", "SH")) for part in _marked_within(within, dates, *mark)
            ]
    return parts


def _off_rules(lines: Sequence[_Line]) -> str:
    """Return the rules that close on dates which have no hours of their own."""
    return "; ".join(
        _joined(_write_days(line.weekdays), "off") for line in lines if line.weekdays and line.rule.state == OFF
    )


def _prefixed(dates: Dates, rules: str) -> list[str]:
    return [f"{write_dates(dates)} {rule}" for rule in rules.split("; ") if rule]


def _dated(lines: Sequence[_Line]) -> list[str]:
    shorts = dict.fromkeys(
        line.rule.dates for line in lines if line.rule.dates is not None and _is_short(line.rule.dates)
    )
    parts: list[str] = []
    for dates in shorts:
        if dates is not None:
            within = [line for line in lines if line.rule.dates == dates]
            if any(line.rule.days is not None and (line.rule.days.holidays or line.rule.days.nth) for line in within):
                raise _refuse(within[0].rule)
            parts += _prefixed(dates, _weekly(within) or _off_rules(within))
    return parts


def _numbered(lines: Sequence[_Line]) -> list[str]:
    parts = []
    for line in lines:
        days = line.rule.days
        if days is None or not days.nth:
            continue
        if line.rule.dates is not None:
            raise _refuse(line.rule)
        names = ",".join(f"{WEEKDAYS[weekday]}[{number}]" for weekday, *numbers in days.nth for number in numbers)
        parts.append(f"{names} {_write_spans(line.spans) or 'off'}")
    return parts


def _marked(lines: Sequence[_Line], kind: str, name: str) -> list[str]:
    return _marked_rules([line for line in lines if line.rule.dates is None], kind, name)


def _marked_within(lines: Sequence[_Line], dates: Dates, kind: str, name: str) -> list[str]:
    return [f"{write_dates(dates)} {rule}" for rule in _marked_rules(lines, kind, name)]


def _marked_rules(lines: Sequence[_Line], kind: str, name: str) -> list[str]:
    marked = [line for line in lines if line.rule.days is not None and getattr(line.rule.days, kind)]
    return list(dict.fromkeys(f"{name} {_write_spans(line.spans) or 'off'}" for line in marked))
