"""HubSpot's records and their associations: reading, creating, changing, archiving."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from scripts.sandbox import hubspot_model as model
from scripts.sandbox.exchange import Json, as_list, as_object
from scripts.sandbox.hubspot_errors import conflict, invalid, invalid_properties, not_found
from scripts.sandbox.state import Doc
from scripts.sandbox.vendor import Surroundings, iso_ms

_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_EFFECT = {
    "notes": "note_created",
    "tasks": "task_created",
    "contacts": "contact_created",
    "emails": "email_recorded",
}


class Records:
    """The records of one portal."""

    def __init__(self, world: Surroundings, portal: str) -> None:
        self._world = world
        self._state = world.state
        self.portal = portal

    def kind(self, type_: str) -> str:
        return f"hubspot/{self.portal}/{type_}"

    # Reading

    def find(self, type_: str, id_: str, id_property: str = "") -> Doc | None:
        """A record that is not archived, by id or unique property; a contact also by a further address."""
        if id_property in ("", "hs_object_id"):
            doc = self._state.get(self.kind(type_), id_)
        elif id_property == model.UNIQUE.get(type_):
            index = self._state.get(self.kind("by_address"), id_.strip().lower())
            doc = self._state.get(self.kind(type_), index["id"]) if index else None
        else:
            raise invalid(f"{id_property} is not a unique property of {type_}")
        return None if doc is None or doc["archived"] else doc

    def get(self, type_: str, id_: str, id_property: str = "") -> Doc:
        doc = self.find(type_, id_, id_property)
        if doc is None:
            raise not_found()
        return doc

    def all(self, type_: str) -> list[Doc]:
        return [doc for doc in self._state.all(self.kind(type_)) if not doc["archived"]]

    def shown(self, doc: Doc, type_: str, properties: list[str], *, everything: bool = False) -> Json:
        """A record as the API prints it: the properties asked for, or the type's default ones."""
        kept: dict[str, Any] = doc["properties"]
        created = "createdate" if type_ in ("contacts", "companies", "deals") else "hs_createdate"
        always = [created, "hs_object_id", model.LAST_MODIFIED.get(type_, "hs_lastmodifieddate")]
        names = [*always, *(properties or model.DEFAULT_PROPERTIES[type_])]
        known = self.properties(type_)
        chosen = kept if everything else {name: kept.get(name) for name in names if name in {*known, *always}}
        return {
            "id": doc["id"],
            "properties": dict(sorted(chosen.items())),
            "createdAt": iso_ms(doc["created_s"]),
            "updatedAt": iso_ms(doc["updated_s"]),
            "archived": doc["archived"],
        }

    def associated(self, type_: str, id_: str, to_type: str) -> dict[str, list[int]]:
        """Ids of associated records with the association's type ids."""
        doc = self._state.get(self.kind("associations"), f"{type_}:{id_}") or {}
        return {
            other: types
            for other, types in doc.get(to_type, {}).items()
            if not (self._state.get(self.kind(to_type), other) or {"archived": True})["archived"]
        }

    def with_associations(self, shown: Json, type_: str, to_types: Iterable[str]) -> Json:
        """Add what `?associations=` asks for; a type without any is left out."""
        associations: Json = {}
        for name in to_types:
            to_type = model.object_type(name)
            if to_type is None:
                continue
            results = [
                {"id": other, "type": label}
                for other, types in self.associated(type_, shown["id"], to_type).items()
                for label in model.association_names(type_, to_type, types)
            ]
            if results:
                associations[to_type] = {"results": results}
        return {**shown, "associations": associations} if associations else shown

    def properties(self, type_: str) -> list[str]:
        own = self._state.get(self.kind("properties"), type_) or {"names": []}
        return [*model.PROPERTIES[type_], *own["names"]]

    def add_property(self, type_: str, name: str) -> None:
        """Define a custom property, as an administrator of the portal would."""
        own = self._state.get(self.kind("properties"), type_) or {"names": []}
        if name not in self.properties(type_):
            self._state.put(self.kind("properties"), type_, {"names": [*own["names"], name]})

    # Changing

    def create(self, type_: str, properties: Json, associations: list[Json], *, seeding: bool = False) -> Doc:
        """Create a record with its associations."""
        values = self._checked(type_, properties, creating=True)
        if type_ == "contacts" and (address := values.get("email")):
            existing = self.find("contacts", address, "email")
            if existing is not None:
                raise conflict(existing["id"])
        now_s = self._world.clock.time_s()
        id_ = str(self._state.next_number(f"hubspot/{self.portal}/ids", start=30_101))
        created = "createdate" if type_ in ("contacts", "companies", "deals") else "hs_createdate"
        doc: Doc = {"id": id_, "created_s": now_s, "updated_s": now_s, "archived": False, "prior": None}
        doc["properties"] = {
            **values,
            created: iso_ms(now_s),
            "hs_object_id": id_,
            **self._modified(type_, now_s),
        }
        self._keep(type_, doc)
        for association in associations:
            self._associate_new(type_, id_, association)
        if type_ in _EFFECT and not seeding:
            shown = (values.get(name) for name in ("hs_note_body", "hs_task_subject", "hs_email_subject"))
            text = next((each for each in shown if each), "")
            for person in self.people(type_, id_) or [""]:
                self._world.effects.note(_EFFECT[type_], person, now_s, id=id_, text=text)
        return doc

    def update(self, type_: str, id_: str, properties: Json, id_property: str = "") -> Doc:
        """Change properties of a record; an empty value clears one."""
        doc = self.get(type_, id_, id_property)
        values = self._checked(type_, properties, creating=False)
        if type_ == "contacts" and values.get("email"):
            holder = self.find("contacts", values["email"], "email")
            if holder is not None and holder["id"] != doc["id"]:
                raise conflict(holder["id"])
        now_s = self._world.clock.time_s()
        cleared = {name for name, value in values.items() if value == ""}
        merged = {**doc["properties"], **values, **self._modified(type_, now_s)}
        changed = {
            **doc,
            "updated_s": now_s,
            "prior": doc["properties"],
            "properties": {name: value for name, value in merged.items() if name not in cleared},
        }
        self._keep(type_, changed, before=doc)
        return changed

    def archive(self, type_: str, id_: str) -> None:
        """Archive a record; one that is gone already is no error, as with HubSpot."""
        doc = self.find(type_, id_)
        if doc is not None:
            self._forget_addresses(type_, doc)
            self._state.put(self.kind(type_), id_, {**doc, "archived": True})

    def erase(self, id_: str, id_property: str) -> None:
        """Remove a contact for good, with the notes and tasks that hang on it."""
        doc = self.get("contacts", id_, id_property)
        for type_ in ("notes", "tasks", "emails"):
            for other in self.associated("contacts", doc["id"], type_):
                self._state.delete(self.kind(type_), other)
        self._forget_addresses("contacts", doc)
        self._state.delete(self.kind("contacts"), doc["id"])

    def associate(self, type_: str, id_: str, to_type: str, to_id: str, type_id: int) -> None:
        """Associate two records, seen from both sides. 400 for a type id that does not fit them."""
        inverse = model.INVERSE_TYPE.get((type_, to_type, type_id))
        if inverse is None:
            raise invalid(f"invalid association type {type_id} from {type_} to {to_type}")
        if self.find(to_type, to_id) is None:
            raise invalid(f"{model.SINGULAR[to_type].upper()}={to_id} is not valid")
        self._link(type_, id_, to_type, to_id, type_id)
        self._link(to_type, to_id, type_, id_, inverse)

    def dissociate(self, type_: str, id_: str, to_type: str, to_id: str) -> None:
        for source, from_id, target, other in ((type_, id_, to_type, to_id), (to_type, to_id, type_, id_)):
            key = f"{source}:{from_id}"
            doc = self._state.get(self.kind("associations"), key) or {}
            kept = {known: types for known, types in doc.get(target, {}).items() if known != other}
            self._state.put(self.kind("associations"), key, {**doc, target: kept})

    def people(self, type_: str, id_: str) -> list[str]:
        """Addresses of the contacts that a record is about."""
        ids = [id_] if type_ == "contacts" else list(self.associated(type_, id_, "contacts"))
        docs = [self._state.get(self.kind("contacts"), contact) for contact in ids]
        return [doc["properties"].get("email", "") for doc in docs if doc]

    # Within

    def _associate_new(self, type_: str, id_: str, association: Json) -> None:
        to_id = str(as_object(association.get("to")).get("id", ""))
        for spec in as_list(association.get("types")):
            if spec.get("associationCategory") != "HUBSPOT_DEFINED":
                raise invalid("associationCategory must be HUBSPOT_DEFINED for types that HubSpot defines")
            type_id = spec.get("associationTypeId")
            targets = [
                to for (source, to, known) in model.INVERSE_TYPE if source == type_ and known == type_id
            ]
            if not targets:
                raise invalid(f"invalid association type {type_id} from {type_}")
            self.associate(type_, id_, targets[0], to_id, int(type_id))

    def _link(self, type_: str, id_: str, to_type: str, to_id: str, type_id: int) -> None:
        key = f"{type_}:{id_}"
        doc = self._state.get(self.kind("associations"), key) or {}
        others: dict[str, list[int]] = doc.get(to_type, {})
        types = others.get(to_id, [])
        # A primary association always comes with the one without a label.
        default = model.default_type(type_, to_type)
        wanted = [type_id] if default is None or type_id == default else [type_id, default]
        merged = [*types, *(known for known in wanted if known not in types)]
        self._state.put(self.kind("associations"), key, {**doc, to_type: {**others, to_id: merged}})

    def _modified(self, type_: str, now_s: float) -> dict[str, str]:
        return {model.LAST_MODIFIED.get(type_, "hs_lastmodifieddate"): iso_ms(now_s)}

    def _keep(self, type_: str, doc: Doc, before: Doc | None = None) -> None:
        if before is not None:
            self._forget_addresses(type_, before)
        self._state.put(self.kind(type_), doc["id"], doc)
        for address in _addresses(type_, doc):
            self._state.put(self.kind("by_address"), address, {"id": doc["id"]})

    def _forget_addresses(self, type_: str, doc: Doc) -> None:
        for address in _addresses(type_, doc):
            self._state.delete(self.kind("by_address"), address)

    def _checked(self, type_: str, properties: Json, *, creating: bool) -> dict[str, str]:
        problems: list[dict[str, Any]] = []
        values: dict[str, str] = {}
        known = set(self.properties(type_))

        def wrong(name: str, code: str, message: str) -> None:
            problems.append({"isValid": False, "message": message, "error": code, "name": name})

        for name, given in properties.items():
            value = "" if given is None else str(given).lower() if isinstance(given, bool) else str(given)
            if name in model.READ_ONLY:
                wrong(name, "READ_ONLY_VALUE", f'"{name}" is a read only property')
            elif name not in known:
                wrong(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
            elif value and name == "email" and not _ADDRESS.fullmatch(value.strip()):
                wrong(name, "INVALID_EMAIL", f"Email address {value} is invalid")
            elif value and name in model.ALLOWED_VALUES and value not in model.ALLOWED_VALUES[name]:
                allowed = ", ".join(model.ALLOWED_VALUES[name])
                wrong(name, "INVALID_OPTION", f"{value} was not one of the allowed options: [{allowed}]")
            elif len(value) > model.LONGEST.get(name, 65_536):
                wrong(
                    name,
                    "PROPERTY_VALUE_TOO_LONG",
                    f"{name} is longer than {model.LONGEST.get(name, 65_536)}",
                )
            elif value and name in model.DATE_TIMES:
                moment = _parsed_moment(value)
                if moment is None:
                    wrong(name, "INVALID_DATE", f"{value} was not a valid long or ISO 8601 date-time")
                else:
                    values[name] = moment
            else:
                values[name] = value.strip().lower() if name == "email" else value
        if headers := values.get("hs_email_headers"):
            try:
                values |= model.from_headers(headers)
            except ValueError as error:
                wrong("hs_email_headers", "INVALID_JSON", str(error))
        if creating:
            for name in model.REQUIRED.get(type_, []):
                if not properties.get(name):
                    wrong(name, "REQUIRED_FIELD", f'Required property "{name}" is missing')
        if problems:
            raise invalid_properties(problems)
        return values if not creating else {name: value for name, value in values.items() if value != ""}


def _addresses(type_: str, doc: Doc) -> list[str]:
    if type_ != "contacts":
        return []
    further = doc["properties"].get("hs_additional_emails") or ""
    found = [doc["properties"].get("email") or "", *further.split(";")]
    return [address.strip().lower() for address in found if address.strip()]


def _parsed_moment(value: str) -> str | None:
    if value.lstrip("-").isdigit():
        return iso_ms(int(value) / 1000)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return iso_ms((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
