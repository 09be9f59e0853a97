// What only BIRD has, with the one that the system has.
import { describeBirdDriver } from "./bird-driver.ts";

describeBirdDriver();
