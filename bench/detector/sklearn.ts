import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";
import type { ForestResult } from "./tabular.ts";

/** Debian's own first: that is where `python3-sklearn` puts it, whatever stands before it in the path. */
const pythons = ["/usr/bin/python3", "python3"];

/** The same forest of the same size; processor time on one core, the medians of five fits and of three scorings. */
const script = `
import gzip, json, sys, time
try:
    import numpy, sklearn
    from sklearn.ensemble import IsolationForest
    from sklearn.metrics import roc_auc_score
except ImportError:
    sys.exit(3)
table = numpy.loadtxt(gzip.open(sys.argv[1], "rt"), delimiter=",", skiprows=1)
rows, anomalous = table[:, :-1], table[:, -1]
fits = []
for seed in range(5):
    start = time.process_time()
    forest = IsolationForest(n_estimators=100, max_samples=256, random_state=seed, n_jobs=1).fit(rows)
    fits.append(time.process_time() - start)
times = []
for _ in range(3):
    start = time.process_time()
    scores = -forest.score_samples(rows)
    times.append(time.process_time() - start)
took = sorted(times)[1]
print(json.dumps({"version": sklearn.__version__, "fitMs": 1000 * sorted(fits)[2], "pointsPerSecond": len(rows) / took,
                  "auc": roc_auc_score(anomalous, scores)}))
`;

const answer = z.object({ version: z.string(), fitMs: z.number(), pointsPerSecond: z.number(), auc: z.number() });

/** scikit-learn's isolation forest on one table; `undefined` where no Python on this machine has it. */
export function sklearnForest(folder: string, data: string): ForestResult | undefined {
  for (const python of pythons) {
    const { status, stdout } = spawnSync(python, ["-c", script, join(folder, `${data}.csv.gz`)], { encoding: "utf8" });
    if (status !== 0) continue;
    const { version, ...found } = answer.parse(JSON.parse(stdout));
    return { name: `scikit-learn ${version}`, data, ...found };
  }
  return undefined;
}
