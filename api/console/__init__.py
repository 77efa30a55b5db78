"""The console: pages for people, served by the same process under ``/console``.

How to add a page, say 预警处置:

1. **Route.** ``api/console/pages/alerts.py`` holds ``router = APIRouter(prefix=HOME)`` and one
   function a page; its router joins ``ROUTERS`` in ``api/console/pages/__init__.py``. The first
   parameter says who may come in; no roles means everybody who is signed in::

       Clerk = Annotated[Visit, page("maker", "checker")]

       @router.get("/alerts")
       async def alerts(visit: Annotated[Visit, page(*STAFF)]) -> Response:
           found = await visit.sandbox.database.read(open_alerts)
           return visit.show("alerts.html", alerts=found)

   Nobody signed in: to the sign-in page and back here. The wrong role: a page that says so.
   A ``Problem`` or ``HTTPException`` that is raised becomes a page, too.
2. **Moves.** A POST comes from ``{% call ui.form(...) %}``, which brings the CSRF token, and a
   token that lets the form act once. ``visit.form`` has the fields. ``visit.do`` works in one
   transaction, goes on to another page and says what was done; a refusal (a ``Problem``, or what
   ``risk_work.refusals`` knows) is shown above the page that the form stood on::

       @router.post("/alerts/{alert_id}/take")
       async def take(alert_id: str, visit: Clerk) -> Response:
           work = partial(work_on, alert_id=alert_id, step=STEP, by=visit.who.name, at=visit.now)
           return await visit.do(work, to=f"/console/alerts/{alert_id}", said="alerts.taken")

   ``to`` may be a function of what ``work`` returned. A module that sends JSON puts the token
   (``document.body.dataset.csrf``) into the header ``X-CSRF-Token``.
3. **Template.** ``templates/alerts.html`` extends ``base.html`` and fills the blocks ``title`` and
   ``main``; ``{% import "ui.html" as ui with context %}`` has cards, badges, fields, buttons,
   tables that scroll. Every page has one ``h1``. No ``style=`` and no inline script: the content
   security policy refuses both. What is printed is text (autoescape); never ``|safe``.
4. **Words.** ``texts/alerts.toml`` holds ``taken = ["已受理", "Taken"]``; a template says
   ``{{ t("alerts.taken") }}``, and ``{{ pick(it.title, it.title_en) }}`` where a record has both.
   Filters: ``yuan`` ``count`` ``when`` ``clock`` ``day``.
5. **Liveliness.** ``static/alerts.js`` is an ES module, put in with
   ``{% block scripts %}{{ ui.module("alerts.js") }}{% endblock %}``; ``dom.js`` builds elements
   from text.
6. **Following others.** A page that others change under one's hands is shown with ``staff.desk``:
   ``read`` gives what it shows and the place in the stream, ``show`` takes a ``Watch`` of subjects
   and kinds. What may change stands in an element with ``data-part="name"``; ``staff.html`` has
   ``follow``, filters, tabs, timelines, and moves with the reasons of those that are not possible.
   ``visit.do(..., again=page)`` shows a form that was refused as it was typed, and ``wrong`` has
   what is wrong with each field.
   A list that many follow is read with ``read_list`` and shown with ``show_list``: its rows stand
   in a template of their own (``part``), which does not know who reads, and several pages share it.
7. **Navigation** knows all pages already (``navigation.py``); an entry shows once its page exists.

``house`` what pages share · ``gate`` who may come in · ``visit`` what a page function gets ·
``together`` lists that many follow · ``session`` who is signed in · ``once`` forms that act once ·
``assets`` static files under one hash · ``armor`` headers and gzip.
"""
