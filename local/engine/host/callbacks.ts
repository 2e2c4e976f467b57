import * as grpc from "@grpc/grpc-js";
import callbackService from "@pulumi/pulumi/proto/callback_grpc_pb.js";
import callback from "@pulumi/pulumi/proto/callback_pb.js";

interface Message {
  serializeBinary(): Uint8Array;
}
interface MessageClass<Response> {
  deserializeBinary(bytes: Uint8Array): Response;
}

/** Asks functions that live in the running program: its transforms and hooks, which the program serves itself. */
export class Callbacks {
  readonly #clients = new Map<string, InstanceType<typeof callbackService.CallbacksClient>>();

  /** Rejects with what the function threw. */
  async call<Response>(of: callback.Callback, request: Message, response: MessageClass<Response>): Promise<Response> {
    const message = new callback.CallbackInvokeRequest().setToken(of.getToken()).setRequest(request.serializeBinary());
    const client = this.#client(of.getTarget());
    const answer = await new Promise<callback.CallbackInvokeResponse>((resolve, reject) => {
      client.invoke(message, (error, given) => (error === null ? resolve(given) : reject(new Error(error.details))));
    });
    return response.deserializeBinary(answer.getResponse_asU8());
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  #client(target: string) {
    let client = this.#clients.get(target);
    if (client === undefined) {
      client = new callbackService.CallbacksClient(target, grpc.credentials.createInsecure(), {
        "grpc.max_receive_message_length": -1,
        "grpc.max_send_message_length": -1,
      });
      this.#clients.set(target, client);
    }
    return client;
  }
}
