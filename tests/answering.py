"""What was asked for on forms is answered by a job, which tests run themselves."""

from flask.testing import FlaskClient

from scheduled_jobs import answer_forms


def answer_forms_of(client: FlaskClient) -> None:
    """Answer all that waits in the app that `client` visits."""
    with client.application.app_context():
        answer_forms.run()
