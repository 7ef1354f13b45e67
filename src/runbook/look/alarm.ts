/** CloudWatch alarms of the account. */
export interface AlarmLook {
  /** Those of the named alarms that are in ALARM now, by name. An alarm that is gone is not. */
  alarmsOn(names: readonly string[]): Promise<readonly string[]>;
}
