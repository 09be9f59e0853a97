// FRR and BIRD, as the system has them, with all that stands in test/golden.
import { describeLoadedBird, describeLoadedFrr } from "./loaded.ts";

describeLoadedFrr();
describeLoadedBird();
