"""The one form an item is written in, and the words for what may be wrong with it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms import TimeField, ValidationError
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from newsletter_service.editorial.images import BadImage, ImageProblem, Picture, read_picture
from newsletter_service.editorial.models import Item
from newsletter_service.editorial.rules import (
    ALT_LENGTH,
    BODY_LENGTH,
    LABEL_LENGTH,
    LEAD_LENGTH,
    LINK_LENGTH,
    PLACE_LENGTH,
    TITLE_LENGTH,
    Content,
    Kind,
    Problem,
    is_web_address,
)
from newsletter_service.moments import AmbiguousTime, NonexistentTime, local_moment, recurring_moment
from newsletter_service.web.forms import CheckboxesField, Form, stripped

KINDS = {
    Kind.NEWS: _l("Nieuws"),
    Kind.EVENT: _l("Bijeenkomst"),
    Kind.PUBLICATION: _l("Publicatie"),
    Kind.CALL: _l("Oproep"),
}
PRIORITIES = {"2": _l("Hoog"), "1": _l("Gewoon"), "0": _l("Laag")}
_TOO_LONG = _l("Deze tekst is te lang: gebruik hooguit %(max)d tekens.")
_BAD_DATE = _l("Vul een datum in, zoals 26-11-2026.")
_BAD_TIME = _l("Vul een tijd in, zoals 13.30.")
_IMAGE_PROBLEMS = {
    ImageProblem.TOO_LARGE: _l("Deze afbeelding is te groot: gebruik een bestand van hooguit 8 MB."),
    ImageProblem.TOO_MANY_PIXELS: _l("Deze afbeelding heeft te veel beeldpunten: verklein haar eerst."),
    ImageProblem.NOT_AN_IMAGE: _l("Dit bestand is geen afbeelding die we kunnen lezen. Gebruik JPEG, PNG, WebP of GIF."),
}
PROBLEMS: dict[Problem, tuple[str, Any]] = {
    Problem.NO_TITLE: ("title", _l("Geef het bericht een titel.")),
    Problem.NO_LEAD: ("lead", _l("Vat het bericht samen in een of twee zinnen.")),
    Problem.NO_START: ("day", _l("Vul in wanneer de bijeenkomst begint: dag en tijd.")),
    Problem.STARTED: ("day", _l("Deze bijeenkomst is al begonnen.")),
    Problem.ENDS_BEFORE_START: ("end_time", _l("Het einde ligt vóór het begin.")),
    Problem.LABEL_WITHOUT_LINK: ("link_url", _l("U heeft wel een tekst voor de link, maar geen adres.")),
    Problem.NO_ALT: ("image_alt", _l("Beschrijf wat er op de afbeelding staat, voor wie haar niet ziet.")),
    Problem.RESTRICTED_TO_NOBODY: ("segments", _l("Kies bij beperkte toegang voor welke doelgroepen het bericht is.")),
    Problem.EXPIRED: ("expires", _l("Deze dag is al voorbij.")),
    Problem.EXPIRES_TOO_EARLY: ("expires", _l("Deze dag ligt vóór de eerste dag waarop het bericht mee mag.")),
}


class ItemForm(Form):
    """All that an editor decides. Days and times are those of the newsletter's own zone."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    organisation = SelectField(_l("Namens"), coerce=int)
    kind = RadioField(_l("Soort bericht"), choices=list(KINDS.items()), default=Kind.NEWS.value)
    title = StringField(_l("Titel"), filters=[stripped], validators=[Length(max=TITLE_LENGTH, message=_TOO_LONG)])
    lead = TextAreaField(
        _l("Samenvatting"), filters=[stripped], validators=[Length(max=LEAD_LENGTH, message=_TOO_LONG)]
    )
    body = TextAreaField(_l("Tekst"), filters=[stripped], validators=[Length(max=BODY_LENGTH, message=_TOO_LONG)])
    day = DateField(_l("Dag"), validators=[Optional()])
    start_time = TimeField(_l("Begint om"), validators=[Optional()])
    end_time = TimeField(_l("Eindigt om"), validators=[Optional()])
    fold = RadioField(
        _l("De klok gaat die nacht terug: deze tijd komt twee keer. Welke bedoelt u?"),
        choices=[("0", _l("De eerste keer (zomertijd)")), ("1", _l("De tweede keer (wintertijd)"))],
        validators=[Optional()],
    )
    place = StringField(_l("Plaats"), filters=[stripped], validators=[Length(max=PLACE_LENGTH, message=_TOO_LONG)])
    link_url = StringField(_l("Link"), filters=[stripped], validators=[Length(max=LINK_LENGTH, message=_TOO_LONG)])
    link_label = StringField(
        _l("Tekst van de link"), filters=[stripped], validators=[Length(max=LABEL_LENGTH, message=_TOO_LONG)]
    )
    image = FileField(_l("Afbeelding"))
    image_alt = StringField(
        _l("Wat staat er op de afbeelding?"),
        filters=[stripped],
        validators=[Length(max=ALT_LENGTH, message=_TOO_LONG)],
    )
    remove_image = BooleanField(_l("Haal de afbeelding weg"))
    segments = CheckboxesField(_l("Voor welke doelgroepen?"), coerce=int)
    restricted = BooleanField(_l("Beperkte toegang: alleen voor lezers van wie de functie gecontroleerd is"))
    topics = CheckboxesField(_l("Welke thema's?"), coerce=int)
    joint = BooleanField(_l("Gezamenlijk bericht: namens alle organisaties"))
    priority = RadioField(_l("Hoe belangrijk is het?"), choices=list(PRIORITIES.items()), default="1")
    not_before = DateField(_l("Niet vóór"), validators=[Optional()])
    expires = DateField(_l("Laatste dag waarop het nog zin heeft"), validators=[Optional()])

    picture: Picture | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def prepare(self, zone: str, organisations: Any, segments: Any, topics: Any) -> None:
        """Fill in the zone of its times and what can be chosen, each as (id, name)."""
        self.zone = zone
        self.organisation.choices = organisations
        self.segments.choices = segments
        self.topics.choices = topics

    def validate_link_url(self, field: StringField) -> None:
        """Only what a mail may link to."""
        if field.data and not is_web_address(field.data):
            raise ValidationError(_l("Vul een volledig adres in dat begint met https://."))

    def validate_image(self, field: FileField) -> None:
        """Read the picture, if one came along."""
        upload = field.data.read() if field.data else b""
        if upload:
            try:
                self.picture = read_picture(upload)
            except BadImage as error:
                raise ValidationError(_IMAGE_PROBLEMS[error.problem]) from error

    def validate_start_time(self, field: TimeField) -> None:
        """Work out when the event begins; a time that the clocks skip or repeat is no answer."""
        if self.day.data and field.data:
            self.starts_at = self._moment(self.day.data, field.data)
        elif field.data:
            raise ValidationError(_l("Vul ook de dag in."))

    def validate_end_time(self, field: TimeField) -> None:
        """Work out when it ends; an end before the beginning is on the next day, after midnight."""
        if self.day.data and self.start_time.data and field.data:
            overnight = field.data < self.start_time.data and field.data < time(6)
            self.ends_at = self._moment(self.day.data + timedelta(days=overnight), field.data)

    def _moment(self, day: date, at: time) -> datetime:
        fold = int(self.fold.data) if self.fold.data in ("0", "1") else None
        try:
            return local_moment(day, at, self.zone, fold)
        except NonexistentTime as error:
            raise ValidationError(
                _l("Deze tijd bestaat niet: die nacht gaat de klok vooruit. Kies een andere tijd.")
            ) from error
        except AmbiguousTime as error:
            self.fold.errors = [_l("Kies welke van de twee u bedoelt.")]
            raise ValidationError(_l("Deze tijd komt die nacht twee keer. Kies hieronder welke u bedoelt.")) from error

    @property
    def asks_which_time(self) -> bool:
        """Whether the choice between summer and winter time has to be shown."""
        return bool(self.fold.errors or self.fold.data in ("0", "1"))

    def content(self) -> Content:
        """What was filled in, once the form is valid."""
        event = self.kind.data == Kind.EVENT
        last_day = self.expires.data
        return Content(
            kind=Kind(self.kind.data),
            title=self.title.data or "",
            lead=self.lead.data or "",
            body=self.body.data or "",
            link_url=self.link_url.data or "",
            link_label=self.link_label.data or "",
            image_alt=self.image_alt.data or "",
            joint=self.joint.data,
            restricted=self.restricted.data,
            priority=int(self.priority.data or 1),
            not_before=recurring_moment(self.not_before.data, time(), self.zone) if self.not_before.data else None,
            expires_at=recurring_moment(last_day + timedelta(days=1), time(), self.zone) if last_day else None,
            starts_at=self.starts_at if event else None,
            ends_at=self.ends_at if event else None,
            place=(self.place.data or "") if event else "",
            segment_ids=frozenset(self.segments.data or ()),
            topic_ids=frozenset(self.topics.data or ()),
        )

    def show_problems(self, found: tuple[Problem, ...]) -> None:
        """Put what keeps the item from the queue beside the fields it is about."""
        for problem in found:
            name, words = PROBLEMS[problem]
            field = self[name]
            field.errors = [*field.errors, words]


def values_of(item: Item, zone: str) -> dict[str, Any]:
    """The form's fields as `item` has them."""
    starts, ends = (_local(moment, zone) for moment in (item.starts_at, item.ends_at))
    last = _local(item.expires_at, zone)
    names = ("kind", "title", "lead", "body", "place", "link_url", "link_label", "image_alt", "restricted", "joint")
    return {name: getattr(item, name) for name in names} | {
        "version": item.version,
        "organisation": item.organisation_id,
        "priority": str(item.priority),
        "day": starts.date() if starts else None,
        "start_time": starts.time() if starts else None,
        "end_time": ends.time() if ends else None,
        "fold": str(starts.fold) if starts and _comes_twice(starts) else None,
        "segments": [segment.id for segment in item.segments],
        "topics": [topic.id for topic in item.topics],
        "not_before": _day(_local(item.not_before, zone)),
        "expires": (last - timedelta(microseconds=1)).date() if last else None,
    }


def _local(moment: datetime | None, zone: str) -> datetime | None:
    return moment.astimezone(ZoneInfo(zone)) if moment else None


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _comes_twice(local: datetime) -> bool:
    return local.replace(fold=0).astimezone(UTC) != local.replace(fold=1).astimezone(UTC)
