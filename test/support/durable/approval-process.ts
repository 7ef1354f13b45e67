/** A process of its own, to be killed: `node approval-process.ts FILE JOURNAL [PAYLOAD]` starts or resumes "the-one". */
import { openDurableService } from "../../../local/durable/service.ts";
import { RunningClock } from "../../../sim/clock.ts";
import { approvalHandler } from "./approval.ts";

const [file = "", journal = "", payload = "{}"] = process.argv.slice(2);
const service = openDurableService({ file, clock: new RunningClock() });
const say = (line: string) => void process.stdout.write(`${line}\n`);
service.register("approval", approvalHandler(journal, say), { durable: { executionTimeout: { days: 1 } } });
service.recover();
service.start("approval", { name: "the-one", payload });
// Until somebody kills it.
setInterval(() => undefined, 60_000);
