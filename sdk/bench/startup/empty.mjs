// Nothing: what an import itself costs.
export {};
