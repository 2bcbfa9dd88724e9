// Reads a peer connection's statistics (https://www.w3.org/TR/webrtc-stats/) into what the page shows.

/** Gives a function that reads pc once, and reckons bitrates from the time before. */
export function reader(pc) {
  let before = null;
  return async () => {
    const all = [...(await pc.getStats()).values()];
    const byID = new Map(all.map((s) => [s.id, s]));
    const rtp = (kind) => all.find((s) => (s.type === 'inbound-rtp' || s.type === 'outbound-rtp') && s.kind === kind
      && (s.bytesReceived || s.bytesSent));
    const video = rtp('video');
    const audio = rtp('audio');
    const bytes = [video, audio].reduce((sum, s) => sum + (s?.bytesReceived ?? s?.bytesSent ?? 0), 0);
    const now = performance.now();
    const bitrate = before ? (bytes - before.bytes) * 8000 / (now - before.now) : 0;
    before = { bytes, now };
    return {
      codec: codec(byID, video),
      resolution: video?.frameWidth ? `${video.frameWidth} × ${video.frameHeight}` : '–',
      frames: video?.framesDecoded ?? video?.framesEncoded ?? 0,
      fps: video?.framesPerSecond ?? 0,
      freezes: video?.freezeCount ?? 0,
      lost: (video?.packetsLost ?? 0) + (audio?.packetsLost ?? 0),
      bitrate,
      audio: codec(byID, audio),
      energy: audio?.totalAudioEnergy ?? 0,
      connection: connection(all, byID),
    };
  };
}

function codec(byID, s) {
  return byID.get(s?.codecId)?.mimeType.split('/')[1] ?? '–';
}

function connection(all, byID) {
  const transport = all.find((s) => s.type === 'transport');
  const pair = byID.get(transport?.selectedCandidatePairId)
    ?? all.find((s) => s.type === 'candidate-pair' && s.state === 'succeeded' && s.nominated);
  if (!pair) return '–';
  const protocol = byID.get(pair.remoteCandidateId)?.protocol?.toUpperCase() ?? '';
  const rtt = pair.currentRoundTripTime === undefined ? '' : `, ${Math.round(pair.currentRoundTripTime * 1000)} ms round trip`;
  return `${protocol}${rtt}`;
}

/** 1234567 is "1.23 Mbit/s". */
export function bits(perSecond) {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(2)} Mbit/s`;
  return `${Math.round(perSecond / 1e3)} kbit/s`;
}
