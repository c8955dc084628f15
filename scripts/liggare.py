"""`liggare`: the command line. Acts as a named officer through the same gateways as every client."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from os import environ
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID, uuid5

import typer

from api import exporting
from api.acting import Acting, Purpose
from api.asking import canonical_uuid, purpose
from api.bodies import parse
from api.clock import new_id, utc_now
from api.house import House
from api.identity import unidentified
from api.policy import Action
from api.problems import Problem, not_found
from api.questions import clocks
from api.reading import CaseRead
from api.recording import Order
from api.routes.facts import receipt
from api.routes.views import state_json, stream_json, trail_json
from api.saying import understand
from domain.kernel.values import EventRef
from ledger.codec import Json, Lane
from ledger.connections import MIGRATOR
from ledger.fsck import Report
from ledger.fsck import fsck as check_ledger
from projections import case as case_views
from projections import plain
from projections.clocks import Clocks
from projections.trail import trail as trail_of
from scripts import operating
from scripts.founding import DEV_NAMND, DEV_OFFICER, found_ledger
from scripts.opening import opened
from scripts.output import Exit, Faults, as_problem, guarded, print_json, tell_problem
from scripts.settings import DESTROYING, Settings, SettingsError

