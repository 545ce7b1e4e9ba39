"""The ways out of this installation, by its settings."""

from typing import Any

from django.conf import settings

from songcau.foundation.notifications.adapters.port import ChannelAway, Port, Readiness
from songcau.foundation.notifications.adapters.simulated import Simulated
from songcau.foundation.notifications.adapters.sms import Sms
from songcau.foundation.notifications.adapters.smtp import Server, Smtp
from songcau.foundation.notifications.adapters.zalo import Fresh, ZaloOa, exchange
from songcau.foundation.notifications.readiness import readiness_of
from songcau.foundation.notifications.rules import Channel
from songcau.foundation.notifications.zalo_tokens import TokenStore

FOLDER = "messages"


def port_of(channel: Channel) -> Port:
    """The way out. Raises ChannelAway where none is set up: what waits for it is not lost."""
    readiness = readiness_of(channel)
    if readiness is Readiness.NOT_SET_UP:
        raise ChannelAway("NOT_SET_UP")
    if readiness is Readiness.SIMULATED:
        simulated = Simulated(settings.SONGCAU.data / FOLDER, channel.lower())
        return Sms(simulated) if channel is Channel.SMS else simulated
    return Smtp(mail_server(settings.SONGCAU)) if channel is Channel.EMAIL else _zalo()


def mail_server(said: Any) -> Server:
    """The mail server that these settings of songcau name."""
    return Server(
        host=said.smtp_host,
        port=said.smtp_port,
        security=said.smtp_security,
        user=said.smtp_user,
        password=said.smtp_password.get_secret_value(),
        sender=said.smtp_from,
        authority=said.smtp_ca,
    )


def _zalo() -> ZaloOa:
    said = settings.SONGCAU
    secret = said.zalo_secret_key.get_secret_value()

    def spend(refresh_token: str) -> Fresh:
        return exchange(said.zalo_oauth, app_id=said.zalo_app_id, secret_key=secret, refresh_token=refresh_token)

    return ZaloOa(said.zalo_api, TokenStore(spend))
