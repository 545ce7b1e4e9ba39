// The page of the live map: its controls, beside the list of the same.
import "../web/operations.css";
import { Follower, ServerClock } from "../web/live";
import { sayLine } from "../web/line";
import { controls } from "../web/controls";
import { LiveMap, type Facts } from "../web/live_map";

const element = document.querySelector<HTMLElement>("#op-map");

async function draw(target: HTMLElement): Promise<void> {
  const facts = JSON.parse(document.querySelector("#op-facts")?.textContent ?? "{}") as Facts;
  const clock = new ServerClock(facts.now);
  const made = await LiveMap.draw(target, facts, clock);
  if (made === null) return;
  const follow = controls(made);
  const addresses = { points: target.dataset.points ?? "", stream: target.dataset.stream ?? "" };
  const follower = new Follower(
    addresses,
    clock,
    {
      whole(delta, epoch) { made.whole(delta, epoch); },
      changed(delta) {
        made.changed(delta);
        follow.touched(delta.touched);
      },
      line: sayLine,
    },
    { "X-Background": "1" },
  );
  await follower.run();
}

if (element !== null) void draw(element);
