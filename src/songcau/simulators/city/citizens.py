"""Citizens of the demonstration city who report what they see, by Open311, as another application would."""

import asyncio
import logging
from datetime import datetime, timedelta

import httpx

from songcau.simulators.city.devices import Plan
from songcau.simulators.city.scenes import Citizen

PATIENCE_SECONDS = 120.0

log = logging.getLogger(__name__)


async def report_all(plan: Plan, endpoint: str, key: str) -> None:
    """Send what the scene's citizens see, each at its minute; tries again while the city does not answer.

    endpoint: of GeoReport v2, such as `http://127.0.0.1:8000/open311/v2`.
    """
    async with httpx.AsyncClient(base_url=endpoint, timeout=10.0) as client:
        for citizen in plan.scene.citizens:
            await _until(plan, plan.begun + timedelta(minutes=citizen.minute))
            await _report(client, citizen, key)


async def _until(plan: Plan, at: datetime) -> None:
    await asyncio.sleep(max(0.0, (at - plan.now()).total_seconds()))


async def _report(client: httpx.AsyncClient, citizen: Citizen, key: str) -> None:
    form = {
        "api_key": key,
        "service_code": citizen.service,
        "lat": f"{citizen.latitude}",
        "long": f"{citizen.longitude}",
        "description": f"{citizen.words} (mô phỏng)",
    }
    waited = 0.0
    while waited < PATIENCE_SECONDS:
        try:
            answer = await client.post("/requests.json", data=form)
        except httpx.HTTPError as error:
            log.info("the city does not answer: %s", error)
        else:
            if answer.is_success:
                return
            log.warning("a report was refused: %s %s", answer.status_code, answer.text[:300])
            if answer.status_code < 500:
                return
        await asyncio.sleep(2.0)
        waited += 2.0
