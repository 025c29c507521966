/** Korean: a connection that is weak, the microphone and the loudspeaker, and their settings. */

export const sound = {
  "connection.weak": "약함",
  "weak.loss": "연결이 약해요. 목소리의 {share}가 오는 길에 사라져요.",
  "weak.own_loss": "연결이 약해요. 내 목소리의 {share}가 가는 길에 사라져요.",
  "weak.slow": "연결이 느려요. 목소리가 오가는 데 {ms}ms가 더 걸려요.",
  "weak.silent": "지금은 목소리가 하나도 오지 않아요.",
} as const;
