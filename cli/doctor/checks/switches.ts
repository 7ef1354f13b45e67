import { GetCalendarStateCommand } from "@aws-sdk/client-ssm";
import { haltParameter, readHalts } from "../../../src/aws/switches.ts";
import { isNamed } from "../../../src/aws/failure.ts";
import { systemClock } from "../../../src/clock.ts";
import type { Account } from "../account.ts";
import { advice, type Finding, fine, missing } from "../finding.ts";

/** Whether the stop switch can be read, and is off. */
export async function halt({ aws }: Account): Promise<Finding[]> {
  const halts = await readHalts(aws.ssm, systemClock.now());
  if (halts.length === 0) return [fine(haltParameter, "nothing is halted")];
  return halts.map(({ by, why, scope = "everything" }) =>
    advice(haltParameter, `${scope} is halted by ${by}: ${why}`, `/paramedic resume in Slack, or delete the parameter`),
  );
}

/** Whether the calendars of the settings are there. One that is not keeps the bot from changing anything. */
export async function calendars({ aws, settings }: Account): Promise<Finding[]> {
  return await Promise.all(
    settings.calendars.map(async (calendar) => {
      try {
        const { State } = await aws.ssm.send(new GetCalendarStateCommand({ CalendarNames: [calendar] }));
        return fine(calendar, `the calendar is ${State?.toLowerCase()}`);
      } catch (error) {
        if (!isNamed(error, "InvalidDocument", "InvalidDocumentType", "UnsupportedCalendarException")) throw error;
        return missing(calendar, "is no change calendar", "make it in Systems Manager, or take it out of calendars");
      }
    }),
  );
}
