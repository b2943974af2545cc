"""The merchant's own systems and outside strategy services, behind ports of the domain."""
