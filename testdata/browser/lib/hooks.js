// Runs in every page before anything else. It keeps every RTCPeerConnection, so that a scenario can read its statistics, and
// may send media through another UDP port than the answer names. Pictures of a width that was asked for keep it on a busy machine, where
// they become fewer instead of smaller. The SDK sees the browser's own objects otherwise.
(() => {
  const Native = window.RTCPeerConnection;
  const peers = [];

  // detour turns every UDP candidate of an answer to the given port (the lossy network of the test).
  const detour = (sdp, port) => sdp.replace(/^(a=candidate:\S+ \d+ udp \d+ )\S+ \d+/gim, `$1127.0.0.1 ${port}`);

  const steady = { degradationPreference: "maintain-resolution" }; // W3C mst-content-hint 6

  // asked tells whether somebody asked for pictures of one width; the SDK asks for one from 320 to 640 by itself.
  const asked = (track) => {
    const width = track.getConstraints().width ?? {};
    return typeof width === "number" || (width.exact ?? width.ideal) !== undefined || (width.min !== undefined && width.min === width.max);
  };

  // keep has a sender keep the size of such pictures.
  const keep = (sender) => {
    const now = sender.getParameters();
    if (sender.track?.kind === "video" && asked(sender.track) && now.degradationPreference !== steady.degradationPreference) {
      sender.setParameters({ ...now, ...steady });
    }
  };

  class Watched extends Native {
    constructor(...args) {
      super(...args);
      peers.push(this);
    }
    setLocalDescription(...description) {
      this.getSenders().forEach(keep);
      return super.setLocalDescription(...description);
    }
    setRemoteDescription(description, ...rest) {
      const port = window.sluiceDetour;
      if (!port) return super.setRemoteDescription(description, ...rest);
      const { type, sdp } = description;
      return super.setRemoteDescription({ type, sdp: detour(sdp, port) }, ...rest);
    }
  }
  window.RTCPeerConnection = Watched;
  window.webkitRTCPeerConnection = Watched;

  // sluiceLayers are the streams of pictures that are sent, each layer of a simulcast by itself.
  window.sluiceLayers = async () => {
    const stats = await Promise.all(peers.map((peer) => peer.getStats()));
    return stats.flatMap((one) => [...one.values()]).filter((entry) => entry.type === "outbound-rtp" && entry.kind === "video");
  };

  // sluiceMedia sums up what goes in and out of each peer connection that is open.
  window.sluiceMedia = async () => {
    const open = peers.filter((peer) => peer.signalingState !== "closed");
    return Promise.all(open.map(async (peer) => {
      const all = new Map();
      (await peer.getStats()).forEach((entry) => all.set(entry.id, entry));
      const sum = { state: peer.connectionState };
      for (const entry of all.values()) {
        const codec = all.get(entry.codecId)?.mimeType.replace(/^.*\//, "");
        if (entry.type === "inbound-rtp") sum[`${entry.kind}In`] = { ...entry, codec };
        if (entry.type === "outbound-rtp") sum[`${entry.kind}Out`] = { ...entry, codec };
        if (entry.type === "remote-inbound-rtp") sum[`${entry.kind}Taken`] = entry;
        const pair = entry.type === "transport" && all.get(entry.selectedCandidatePairId);
        if (pair) {
          const { protocol, candidateType } = all.get(pair.localCandidateId) ?? {};
          sum.pair = { protocol, candidateType, remote: all.get(pair.remoteCandidateId) };
        }
      }
      return sum;
    }));
  };
})();
