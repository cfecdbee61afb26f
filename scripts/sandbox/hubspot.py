"""HubSpot: CRM records, search, associations, owners, forms and subscription statuses."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

from scripts.sandbox import hubspot_errors as errors
from scripts.sandbox import hubspot_model as model
from scripts.sandbox.exchange import Answer, Json, Refused, Request, as_list, json_answer
from scripts.sandbox.hubspot_bodies import (
    body_of,
    create_from,
    inputs_of,
    number_of,
    object_type,
    properties_of,
    with_labels,
)
from scripts.sandbox.hubspot_forms import Forms
from scripts.sandbox.hubspot_records import Records
from scripts.sandbox.hubspot_search import search
from scripts.sandbox.hubspot_statuses import Statuses
from scripts.sandbox.routes import Routes
from scripts.sandbox.vendor import Surroundings, iso_ms

VERSIONS = ("2026-03", "2026-09")


class HubSpot:
    """Every portal, each behind its own service key."""

    name = "hubspot"

    def __init__(self, world: Surroundings, *, search_lag_s: float = 0.0) -> None:
        self._world = world
        self.search_lag_s = search_lag_s
        self._errors_given = 0
        self._routes = Routes()
        add = self._routes.add
        for version in VERSIONS:
            objects = f"/crm/objects/{version}/{{type_}}"
            add("POST", f"{objects}/search", self._search)
            add("POST", f"{objects}/gdpr-delete", self._erase)
            add("POST", f"{objects}/batch/{{action}}", self._batch)
            add("GET", objects, self._list)
            add("POST", objects, self._create)
            add("GET", f"{objects}/{{id_}}", self._get)
            add("PATCH", f"{objects}/{{id_}}", self._update)
            add("DELETE", f"{objects}/{{id_}}", self._archive)
            add("GET", f"{objects}/{{id_}}/associations/{{to_type}}", self._list_associations)
            add("PUT", f"{objects}/{{id_}}/associations/{{to_type}}/{{to_id}}", self._put_association)
            add("DELETE", f"{objects}/{{id_}}/associations/{{to_type}}/{{to_id}}", self._delete_association)
            pairs = f"/crm/associations/{version}/{{type_}}/{{to_type}}/batch"
            add("POST", f"{pairs}/read", self._batch_read_associations)
            add("POST", f"{pairs}/create", self._batch_create_associations)
            add("GET", f"/crm/properties/{version}/{{type_}}", self._list_properties)
            add("GET", f"/crm/owners/{version}", self._list_owners)
            add("GET", f"/crm/owners/{version}/{{id_}}", self._get_owner)
            add("GET", f"/account-info/{version}/details", self._account)
            statuses = f"/communication-preferences/{version}/statuses/{{address}}"
            add("GET", statuses, self._get_statuses)
            add("POST", statuses, self._set_status)
            add("GET", f"{statuses}/unsubscribe-all", self._get_unsubscribed)
            add("POST", f"{statuses}/unsubscribe-all", self._unsubscribe)
        add("GET", "/form-integrations/v1/submissions/forms/{guid}", self._submissions)

    # Portals

    def add_portal(self, portal: str, key: str, webhook_secret: str, domain: str) -> None:
        """Open a portal that is reached with a service key."""
        details = {"portal": portal, "key": key, "webhook_secret": webhook_secret, "domain": domain}
        self._world.state.put("hubspot/portals", portal, details)
        self._world.state.put("hubspot/keys", key, {"portal": portal})

    def add_owner(self, portal: str, id_: str, user_id: int, address: str, first: str, last: str) -> None:
        """A person in the portal who can own records."""
        now = iso_ms(self._world.clock.time_s())
        owner = {
            "id": id_,
            "email": address,
            "type": "PERSON",
            "firstName": first,
            "lastName": last,
            "userId": user_id,
            "userIdIncludingInactive": user_id,
            "createdAt": now,
            "updatedAt": now,
            "archived": False,
        }
        self._world.state.put(f"hubspot/{portal}/owners", id_, owner)

    def portal_details(self, portal: str) -> Json:
        details = self._world.state.get("hubspot/portals", portal)
        if details is None:
            raise KeyError(f"no portal {portal}")
        return details

    def records(self, portal: str) -> Records:
        return Records(self._world, portal)

    def forms(self, portal: str) -> Forms:
        return Forms(self._world, self.records(portal))

    def statuses(self, portal: str) -> Statuses:
        return Statuses(self._world, self.records(portal))

    # The door

    def answer(self, request: Request) -> Answer:
        try:
            if self._world.state.get("hubspot/keys", request.bearer()) is None:
                raise errors.unauthorized()
            call = self._routes.find(request)
            if call is None:
                raise errors.not_found()
            return call()
        except Refused as refused:
            raise Refused(self._with_correlation_id(refused.answer)) from refused

    def refusal(self, kind: str, retry_after_s: float | None) -> Answer:
        limited = kind in ("429", "403_rate")
        answer = errors.rate_limited(retry_after_s) if limited else errors.broken(int(kind))
        return self._with_correlation_id(answer)

    def _with_correlation_id(self, answer: Answer) -> Answer:
        self._errors_given += 1
        payload = json.loads(answer.body)
        payload["correlationId"] = str(uuid.UUID(self._world.digest("correlation", self._errors_given)[:32]))
        return json_answer(payload, answer.status, answer.headers)

    def _portal(self, request: Request) -> str:
        return str((self._world.state.get("hubspot/keys", request.bearer()) or {})["portal"])

    def _records(self, request: Request) -> Records:
        return self.records(self._portal(request))

    # Records

    def _get(self, request: Request, type_: str, id_: str) -> Answer:
        records, type_ = self._records(request), object_type(type_)
        doc = records.get(type_, id_, request.one("idProperty"))
        shown = records.shown(doc, type_, request.listed("properties"))
        return json_answer(records.with_associations(shown, type_, request.listed("associations")))

    def _list(self, request: Request, type_: str) -> Answer:
        records, type_ = self._records(request), object_type(type_)
        limit, after = number_of(request, "limit", 10, most=100), request.one("after")
        docs = [doc for doc in records.all(type_) if not after or int(doc["id"]) >= int(after)]
        results = [
            records.with_associations(
                records.shown(doc, type_, request.listed("properties")), type_, request.listed("associations")
            )
            for doc in docs[:limit]
        ]
        answer: Json = {"results": results}
        if len(docs) > limit:
            answer["paging"] = {"next": {"after": docs[limit]["id"]}}
        return json_answer(answer)

    def _create(self, request: Request, type_: str) -> Answer:
        records, type_ = self._records(request), object_type(type_)
        doc = create_from(records, type_, body_of(request))
        return json_answer(records.shown(doc, type_, [], everything=True), 201)

    def _update(self, request: Request, type_: str, id_: str) -> Answer:
        records, type_ = self._records(request), object_type(type_)
        doc = records.update(type_, id_, properties_of(body_of(request)), request.one("idProperty"))
        return json_answer(records.shown(doc, type_, [], everything=True))

    def _archive(self, request: Request, type_: str, id_: str) -> Answer:
        self._records(request).archive(object_type(type_), id_)
        return Answer(204)

    def _erase(self, request: Request, type_: str) -> Answer:
        if object_type(type_) != "contacts":
            raise errors.invalid("only contacts can be erased here")
        body = body_of(request)
        self._records(request).erase(str(body.get("objectId", "")), str(body.get("idProperty") or ""))
        return Answer(204)

    def _search(self, request: Request, type_: str) -> Answer:
        now_s = self._world.clock.time_s()
        records, lag_s = self._records(request), self.search_lag_s
        return json_answer(search(records, object_type(type_), body_of(request), now_s=now_s, lag_s=lag_s))

    def _batch(self, request: Request, type_: str, action: str) -> Answer:
        records, type_ = self._records(request), object_type(type_)
        body = body_of(request)
        inputs = inputs_of(body, names=() if action == "create" else ("id",))
        id_property = str(body.get("idProperty") or "")
        properties: list[str] = body.get("properties") or []
        if action == "read":
            docs = {str(each["id"]): records.find(type_, str(each["id"]), id_property) for each in inputs}
            missing = [id_ for id_, doc in docs.items() if doc is None]
            found = {doc["id"]: records.shown(doc, type_, properties) for doc in docs.values() if doc}
            return self._batch_answer(list(found.values()), missing)
        if action == "archive":
            for each in inputs:
                records.archive(type_, str(each["id"]))
            return Answer(204)
        if action == "create":
            created = [create_from(records, type_, each) for each in inputs]
            shown = [records.shown(doc, type_, [], everything=True) for doc in created]
            return self._batch_answer(shown, [], status=201)
        if action == "update":
            changed = [
                records.update(type_, str(each["id"]), properties_of(each), str(each.get("idProperty") or ""))
                for each in inputs
            ]
            return self._batch_answer([records.shown(doc, type_, [], everything=True) for doc in changed], [])
        if action == "upsert":
            return self._batch_answer([self._upserted(records, type_, each) for each in inputs], [])
        raise errors.not_found()

    def _upserted(self, records: Records, type_: str, each: Json) -> Json:
        id_property = str(each.get("idProperty") or "")
        existing = records.find(type_, str(each["id"]), id_property)
        values = properties_of(each)
        if existing is not None:
            doc = records.update(type_, existing["id"], values)
        else:
            known = {id_property: str(each["id"])} if id_property else {}
            doc = records.create(type_, {**known, **values}, [])
        return {**records.shown(doc, type_, [], everything=True), "new": existing is None}

    def _batch_answer(self, results: list[Json], missing: list[str], status: int = 200) -> Answer:
        now = iso_ms(self._world.clock.time_s())
        answer: Json = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
        if missing:
            answer["numErrors"] = 1
            answer["errors"] = [
                {
                    "status": "error",
                    "category": "OBJECT_NOT_FOUND",
                    "message": "Could not get some objects, they may be deleted or not exist.",
                    "context": {"ids": missing},
                }
            ]
        return json_answer(answer, 207 if missing else status)

    # Associations

    def _list_associations(self, request: Request, type_: str, id_: str, to_type: str) -> Answer:
        records, source, target = self._records(request), object_type(type_), object_type(to_type)
        records.get(source, id_)
        limit, after = number_of(request, "limit", 500, most=500), int(request.one("after") or 0)
        others = list(records.associated(source, id_, target).items())
        answer: Json = {
            "results": [with_labels(other, types) for other, types in others[after : after + limit]]
        }
        if after + limit < len(others):
            answer["paging"] = {"next": {"after": str(after + limit)}}
        return json_answer(answer)

    def _put_association(self, request: Request, type_: str, id_: str, to_type: str, to_id: str) -> Answer:
        records, source, target = self._records(request), object_type(type_), object_type(to_type)
        records.get(source, id_)
        for spec in as_list(request.json()):
            records.associate(source, id_, target, to_id, int(spec["associationTypeId"]))
        return json_answer({"fromObjectId": id_, "toObjectId": to_id, "labels": []}, 201)

    def _delete_association(self, request: Request, type_: str, id_: str, to_type: str, to_id: str) -> Answer:
        self._records(request).dissociate(object_type(type_), id_, object_type(to_type), to_id)
        return Answer(204)

    def _batch_read_associations(self, request: Request, type_: str, to_type: str) -> Answer:
        records, source, target = self._records(request), object_type(type_), object_type(to_type)
        results: list[Json] = []
        without: list[str] = []
        for each in inputs_of(body_of(request), most=1000, names=("id",)):
            others = records.associated(source, str(each["id"]), target)
            if others:
                multi = [with_labels(other, types) for other, types in others.items()]
                results.append({"from": {"id": str(each["id"])}, "to": multi})
            else:
                without.append(str(each["id"]))
        answer = json.loads(self._batch_answer(results, []).body)
        if without:
            answer["numErrors"] = len(without)
            answer["errors"] = [
                {
                    "status": "error",
                    "category": "OBJECT_NOT_FOUND",
                    "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
                    "message": f"No {target} is associated with {source} {id_}.",
                    "context": {"fromObjectId": [id_], "fromObjectType": [source], "toObjectType": [target]},
                }
                for id_ in without
            ]
        return json_answer(answer, 207 if without else 200)

    def _batch_create_associations(self, request: Request, type_: str, to_type: str) -> Answer:
        records, source, target = self._records(request), object_type(type_), object_type(to_type)
        results: list[Json] = []
        for each in inputs_of(body_of(request), names=("from", "to")):
            from_id, to_id = str(each["from"]["id"]), str(each["to"]["id"])
            for spec in as_list(each.get("types")):
                records.associate(source, from_id, target, to_id, int(spec["associationTypeId"]))
            results.append({"fromObjectId": from_id, "toObjectId": to_id, "labels": []})
        return self._batch_answer(results, [], status=201)

    # Portal

    def _list_properties(self, request: Request, type_: str) -> Answer:
        names = self._records(request).properties(object_type(type_))
        shown = [
            {
                "name": name,
                "label": name.replace("_", " ").capitalize(),
                "type": "enumeration" if name in model.ALLOWED_VALUES else "string",
                "fieldType": "select" if name in model.ALLOWED_VALUES else "text",
                "groupName": "sandbox",
                "description": "",
                "options": [
                    {"label": value, "value": value, "hidden": False, "displayOrder": place}
                    for place, value in enumerate(model.ALLOWED_VALUES.get(name, []))
                ],
            }
            for name in names
        ]
        return json_answer({"results": shown})

    def _list_owners(self, request: Request) -> Answer:
        owners = self._world.state.all(f"hubspot/{self._portal(request)}/owners")
        address = request.one("email").lower()
        return json_answer({"results": [each for each in owners if not address or each["email"] == address]})

    def _get_owner(self, request: Request, id_: str) -> Answer:
        field = "userId" if request.one("idProperty") == "userId" else "id"
        for owner in self._world.state.all(f"hubspot/{self._portal(request)}/owners"):
            if str(owner[field]) == id_:
                return json_answer(owner)
        raise errors.not_found()

    def _account(self, request: Request) -> Answer:
        portal = self._portal(request)
        return json_answer(
            {
                "portalId": int(portal),
                "accountType": "STANDARD",
                "timeZone": "Europe/Madrid",
                "companyCurrency": "EUR",
                "additionalCurrencies": [],
                "utcOffset": "+01:00",
                "utcOffsetMilliseconds": 3_600_000,
                "uiDomain": "app.hubspot.com",
                "dataHostingLocation": "eu1",
            }
        )

    def _submissions(self, request: Request, guid: str) -> Answer:
        forms = self.forms(self._portal(request))
        return json_answer(forms.page(guid, request.one("limit"), request.one("after")))

    # Subscription statuses

    def _get_statuses(self, request: Request, address: str) -> Answer:
        return self._status_answer(request, lambda statuses: statuses.of(address))

    def _set_status(self, request: Request, address: str) -> Answer:
        body = body_of(request)
        changed = str(body.get("statusState") or "")
        subscription = int(body.get("subscriptionId") or 0)
        return self._status_answer(request, lambda s: s.set(address, subscription, changed), channel=body)

    def _get_unsubscribed(self, request: Request, address: str) -> Answer:
        return self._status_answer(request, lambda statuses: statuses.wide(address))

    def _unsubscribe(self, request: Request, address: str) -> Answer:
        return self._status_answer(request, lambda statuses: statuses.unsubscribe_all(address))

    def _status_answer(
        self, request: Request, call: Callable[[Statuses], list[Json]], channel: Json | None = None
    ) -> Answer:
        if (channel or {}).get("channel", request.one("channel")) != "EMAIL":
            raise errors.invalid("channel must be one of: [EMAIL]")
        return self._batch_answer(call(self.statuses(self._portal(request))), [])
