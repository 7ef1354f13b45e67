/** What one of the places looks like in which a model or a prompt is chosen, and what the last choice was. */
export type Choice =
  | {
      readonly kind: "endpoint";
      readonly endpoint: string;
      /** The last change of the endpoint, whatever it was. */
      readonly at: number;
      /** `false`: SageMaker is at work on it, and takes no other change. */
      readonly isSteady: boolean;
      /** The variant that is known to be good, and the weights of all. */
      readonly stable: string;
      readonly weights: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: "alias";
      readonly function: string;
      readonly alias: string;
      /** When the newest version with traffic was published: that is the earliest at which it can have gone live. */
      readonly at: number;
      /**
       * The newest version with traffic, and the one to go back to: the other one with traffic, or else the one published
       * before it, which Lambda does not say was ever live. Absent when there is none before it.
       */
      readonly live: string;
      readonly previous?: string;
    }
  | {
      readonly kind: "prompt";
      readonly parameter: string;
      /** When the version was written that is live. */
      readonly at: number;
      readonly live: number;
      /** The latest version before it with another text; absent when there is none. */
      readonly previous?: number;
    };

/** Where the traffic of models goes. */
export interface TrafficLook {
  /** The places the settings name for a service; one that is not in the account is left out. */
  choices(service: string): Promise<readonly Choice[]>;
}
