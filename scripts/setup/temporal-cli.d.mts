export declare const cacheFolder: string;
export declare function setting(name: string, env?: NodeJS.ProcessEnv, envFile?: string): string | undefined;
export declare function findTemporalCli(env?: NodeJS.ProcessEnv, cache?: string): string | undefined;
export declare function problemWith(path: string): string | undefined;
export declare function installTemporalCli(options?: {
  cache?: string;
  downloads?: string;
  build?: (cache: string) => Promise<string>;
}): Promise<string>;
