"""The peer behind the control contract of the conformance suite (docs/conformance.md)."""
