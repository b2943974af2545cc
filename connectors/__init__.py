"""The merchant's own systems and outside strategy services, behind ports of the domain.

A connector is registered under the entry point group `storebot.connectors` (assistant.domain.systems.Connector).
"""
