/** English: a connection that is weak, the microphone and the loudspeaker, and their settings. */

export const sound = {
  "connection.weak": "weak",
  "weak.loss": "Your connection is weak: {share} of the voices is lost on the way to you.",
  "weak.own_loss": "Your connection is weak: {share} of your voice is lost on its way.",
  "weak.slow": "Your connection is slow: a voice takes {ms} ms longer, there and back.",
  "weak.silent": "Nothing comes from the voices at the moment.",
} as const;
