"""The form with which administrators set how long things are kept."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from newsletter_service.documents.terms.wording import NAMES
from newsletter_service.retention import DAYS, Term, Terms
from newsletter_service.web.forms.fields import FILL_IN, Form, NumberField


def _days(term: Term) -> NumberField:
    usual, least, most = DAYS[term]
    told = _l("%(least)s tot %(most)s dagen. Gewoonlijk %(usual)s.", least=least, most=most, usual=usual)
    return NumberField(NAMES[term], [InputRequired(FILL_IN)], description=told, lowest=least, highest=most)


class TermsForm(Form):
    """A number of days for each term."""

    @classmethod
    def of(cls, now: Terms) -> "TermsForm":
        """The form as it begins, or as it was sent."""
        form = cls(data={str(term): days.days for term, days in now.items()})
        for field in form:
            words = str(field.label.text)
            field.label.text = words[:1].upper() + words[1:]
        return form

    def wanted(self) -> dict[Term, int]:
        """The days, once the form is valid."""
        return {term: int(self[term].data or 0) for term in Term}


for _term in Term:
    setattr(TermsForm, _term, _days(_term))
