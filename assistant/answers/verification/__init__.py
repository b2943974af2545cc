"""Whether what is about to be said is held by the evidence: `replies` checks the numbers of what the assistant worded
itself, `verifier` every sentence that a model wrote."""
