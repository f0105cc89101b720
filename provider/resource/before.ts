/**
 * The input, declared by nobody, in which a host keeps what a new resource has found before its creation. The engine writes the
 * inputs of a creation into the state before it begins, and shows no property whose name begins so.
 */
export const BEFORE = "__before";
