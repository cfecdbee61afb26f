"""The operators' HTTP API: every route of one table, for who comes with a key or a sign-in of Google's."""

from shared.runtime.api.answer import Answer
from shared.runtime.api.serving import serve
from shared.runtime.entry import Call, api


@api
def serve_api(call: Call) -> Answer:
    return serve(call)
