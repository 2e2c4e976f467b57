import grpc from "@grpc/grpc-js";
import events from "@pulumi/pulumi/proto/events_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/events_pb.js";

/** Where the engine's events go: the address that --event-log names. */
export class Stream {
  readonly #call: { write(message: unknown): void; end(): void } | undefined;
  readonly #ended: Promise<void>;
  #sequence = 0;

  constructor(address: string | undefined) {
    const ended = Promise.withResolvers<void>();
    this.#ended = ended.promise;
    if (address === undefined) {
      ended.resolve();
      return;
    }
    const client = new events.EventsClient(address.replace("tcp://", ""), grpc.credentials.createInsecure());
    this.#call = client.streamEvents((error: Error | null) => {
      client.close();
      if (error) ended.reject(error);
      else ended.resolve();
    }) as unknown as { write(message: unknown): void; end(): void };
  }

  send(event: object): void {
    const message = new messages.EventRequest();
    message.setEvent(JSON.stringify({ ...event, sequence: this.#sequence++, timestamp: Math.floor(Date.now() / 1000) }));
    this.#call?.write(message);
  }

  async end(): Promise<void> {
    this.#call?.end();
    await this.#ended;
  }
}
