import type { World } from "../world.ts";
import { buildWorld } from "./build.ts";
import { northwind } from "./northwind.ts";

/** The world that is there when none is given. */
export function seedWorld(extraUsers: number): World {
  return buildWorld(northwind(extraUsers));
}
