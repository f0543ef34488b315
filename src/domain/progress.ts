/** Telling somebody what is going on, while it goes on. */

/** What is out of date with the next note: `true`, or until when it will last at most, in milliseconds since 1970. */
export type Passing = true | { readonly until: number };

/** Tells `note`. One that is `passing` stands for as long as it lasts; a passing one without text says that it is over. */
export type Progress = (note: string, passing?: Passing) => void;
